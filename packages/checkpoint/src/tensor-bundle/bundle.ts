import { CheckpointError } from '../checkpoint-error.ts';
import { crc32c, unmaskCrc } from '../crc32c.ts';
import { type Box, copyBox, fillsExactly } from '../values/slices.ts';
import { describeTensor, elementCount, itemSizes, type StoredTensor, sameShape } from '../values/stored-tensor.ts';
import { type BundleEntry, type Extent, parseEntry, parseHeader } from './bundle-entry.ts';
import { sliceKey } from './slice-key.ts';
import { readTable } from './table.ts';

/** The key of the header in an index. */
const HEADER_KEY = '';
/** Keys of slices begin with it; names of tensors do not. */
const SLICE_MARK = '\x00';

/** Gives the bytes of a data file: number `shard` of `count`. */
export type ShardReader = (shard: number, count: number) => Promise<Uint8Array>;

/** The end of a data file's name, after what all files of the checkpoint begin with. */
export function shardSuffix(shard: number, count: number): string {
  return `.data-${String(shard).padStart(5, '0')}-of-${String(count).padStart(5, '0')}`;
}

/**
 * Reads a TensorFlow checkpoint in the tensor bundle format, that of TensorFlow 1 (version 2 of its savers) and 2.
 *
 * @param index The bytes of the file `….index`.
 * @param readShard Gives the bytes of the files `….data-00000-of-00001`; those that no tensor is in are not asked for.
 * @returns The tensors by name; those in slices as one. Checksums are verified when a tensor's bytes are asked for.
 * @throws CheckpointError when the checkpoint is damaged.
 *
 * Format: https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/util/tensor_bundle
 */
export async function readBundle(index: Uint8Array, readShard: ShardReader): Promise<Map<string, StoredTensor>> {
  const table = readTable(index);
  const header = table.get(HEADER_KEY);
  if (header === undefined) throw damaged('its index has no header');
  const { shardCount } = parseHeader(header);
  const entries = new Map<string, BundleEntry>();
  // Each slice has an entry of its own.
  let maxSlices = table.size;
  for (const [key, value] of table) {
    if (key === HEADER_KEY) continue;
    const entry = parseEntry(nameOf(key), value, maxSlices);
    maxSlices -= entry.slices.length;
    entries.set(key, entry);
  }
  const stored = [...entries.values()].filter((entry) => entry.slices.length === 0);
  const shards = await readShards(stored, shardCount, readShard);
  checkPlaces(entries, shards);
  const tensors = new Map<string, StoredTensor>();
  for (const [key, entry] of entries) {
    if (key.startsWith(SLICE_MARK)) continue;
    const isWhole = entry.slices.length === 0;
    const tensor = isWhole ? wholeTensor(entry.name, entry, shards) : slicedTensor(key, entry, entries, shards);
    tensors.set(entry.name, tensor);
  }
  return tensors;
}

type Shards = ReadonlyMap<number, Uint8Array>;

async function readShards(entries: readonly BundleEntry[], count: number, read: ShardReader): Promise<Shards> {
  const shards = new Map<number, Uint8Array>();
  for (const { shard } of entries) {
    if (shard >= count) throw damaged(`a tensor is in data file ${shard}, but there are ${count} only`);
    if (!shards.has(shard)) shards.set(shard, await read(shard, count));
  }
  return shards;
}

/** Checks that tensors lie inside their data files and do not overlap, so that they have no more bytes than the files. */
function checkPlaces(entries: ReadonlyMap<string, BundleEntry>, shards: Shards): void {
  const ends = new Map<number, number>();
  const stored = [...entries.values()].filter(({ slices }) => slices.length === 0);
  const withBytes = stored.filter(({ size }) => size > 0);
  for (const { name, shard, offset, size } of withBytes.sort((a, b) => a.offset - b.offset)) {
    if (offset < (ends.get(shard) ?? 0)) throw damaged(`"${name}" overlaps with another tensor`);
    ends.set(shard, offset + size);
    if (offset + size > (shards.get(shard)?.length ?? 0)) {
      throw damaged(`"${name}" should end at byte ${offset + size} of its data file, which is shorter`);
    }
  }
  for (const entry of stored) checkSize(entry);
}

function checkSize(entry: BundleEntry): void {
  const count = elementCount(entry.shape);
  const itemSize = itemSizes.get(entry.dtype);
  if (count === null || (itemSize !== undefined && count * itemSize !== entry.size)) {
    throw damaged(`"${entry.name}" is ${describeTensor(entry)}, but has ${entry.size} bytes`);
  }
}

function wholeTensor(name: string, entry: BundleEntry, shards: Shards): StoredTensor {
  let verified: Uint8Array | null = null;
  return {
    dtype: entry.dtype,
    shape: entry.shape,
    bytes: () => {
      verified ??= verifiedBytes(name, entry, shards);
      return verified;
    },
  };
}

function verifiedBytes(name: string, entry: BundleEntry, shards: Shards): Uint8Array {
  const { shard, offset, size, crc, dtype } = entry;
  if (!itemSizes.has(dtype)) throw new CheckpointError(`"${name}" is ${describeTensor(entry)} and cannot be read.`);
  const bytes = (shards.get(shard) ?? new Uint8Array()).subarray(offset, offset + size);
  if (crc32c(bytes) !== unmaskCrc(crc))
    throw damaged(`the bytes of "${name}" have another checksum than they should have`);
  return bytes;
}

function slicedTensor(
  key: string,
  entry: BundleEntry,
  entries: ReadonlyMap<string, BundleEntry>,
  shards: Shards,
): StoredTensor {
  const { name, dtype, shape } = entry;
  const itemSize = itemSizes.get(dtype);
  if (itemSize === undefined) throw damaged(`"${name}" is ${describeTensor(entry)} in slices, which cannot be`);
  const parts = entry.slices.map((slice) => {
    const part = entries.get(sliceKey(key, slice));
    const box = boxOf(slice, shape);
    if (part === undefined || part.dtype !== dtype || part.slices.length > 0 || !sameShape(part.shape, box.shape)) {
      throw damaged(`a slice of "${name}" is missing, or is not what it should be`);
    }
    return { box, tensor: wholeTensor(`a slice of ${name}`, part, shards) };
  });
  if (
    !fillsExactly(
      shape,
      parts.map(({ box }) => box),
    )
  )
    throw damaged(`the slices of "${name}" do not fill it`);
  const assemble = (): Uint8Array => {
    const whole = new Uint8Array((elementCount(shape) ?? 0) * itemSize);
    for (const { box, tensor } of parts) copyBox('into', whole, shape, tensor.bytes(), box, itemSize);
    return whole;
  };
  return { dtype, shape, bytes: assemble };
}

function boxOf(slice: readonly Extent[], shape: readonly number[]): Box {
  return {
    offset: slice.map(({ start }) => start),
    shape: slice.map(({ length }, axis) => (length === -1 ? (shape[axis] ?? 0) : length)),
  };
}

/** The text that the characters of a key stand for as bytes. */
function nameOf(key: string): string {
  if (key.startsWith(SLICE_MARK)) return 'a slice';
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = key.charCodeAt(i);
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged('a name is not UTF-8');
  }
  if (name === '__proto__') throw damaged('nothing can be named __proto__');
  return name;
}

function damaged(what: string): CheckpointError {
  return new CheckpointError(`The TensorFlow checkpoint is damaged: ${what}.`);
}
