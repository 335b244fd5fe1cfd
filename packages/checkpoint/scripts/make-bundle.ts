/** Writes TensorFlow checkpoints, whole ones and ones with any damage, for the tests and for the fuzzer. */
import { crc32c } from '../src/crc32c.ts';

/** A key and a value of a table; the bytes of a key as characters up to 255. */
export type Pair = readonly [key: string, value: Uint8Array];

/** How a table is written. */
export interface TableLayout {
  readonly pairsPerBlock?: number;
  readonly restartInterval?: number;
  /** Compresses a block, or leaves it as it is. */
  readonly compress?: ((block: Uint8Array) => Uint8Array) | null;
  /** Changes a block that is not compressed; its checksum is that of what it gives. */
  readonly damage?: (block: Uint8Array) => Uint8Array;
  /** Gets the pairs of the index that {@link makeBundle} writes. */
  readonly collect?: (pairs: readonly Pair[]) => void;
}

/** A tensor of a checkpoint. */
export interface BundleTensor {
  readonly name: string;
  /** TensorFlow's number of the dtype; 1 is float32. */
  readonly dtype?: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly shard?: number;
  /** Put in the place of what is true. */
  readonly offset?: number;
  readonly size?: number;
  readonly crc?: number;
}

/** The checksum as TensorFlow stores it. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

export function fixed32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

/** A field of a protobuf message: a number, four bytes, or bytes. */
export function field(number: number, value: number | Uint8Array | { readonly fixed32: number }): number[] {
  if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
  if (value instanceof Uint8Array) return [...varint(number * 8 + 2), ...varint(value.length), ...value];
  return [...varint(number * 8 + 5), ...fixed32(value.fixed32)];
}

export function message(...fields: readonly number[][]): Uint8Array {
  return Uint8Array.from(fields.flat());
}

/** A key as a table has it. */
export function binaryKey(name: string): string {
  return String.fromCharCode(...new TextEncoder().encode(name));
}

export function makeBlock(pairs: readonly Pair[], restartInterval: number): Uint8Array {
  const bytes: number[] = [];
  const restarts: number[] = [];
  let last = '';
  pairs.forEach(([key, value], i) => {
    let shared = 0;
    if (i % restartInterval === 0) restarts.push(bytes.length);
    else while (shared < key.length && key[shared] === last[shared]) shared++;
    const unshared = Array.from(key.slice(shared), (char) => char.charCodeAt(0));
    bytes.push(...varint(shared), ...varint(unshared.length), ...varint(value.length), ...unshared, ...value);
    last = key;
  });
  if (restarts.length === 0) restarts.push(0);
  return Uint8Array.from([...bytes, ...restarts.flatMap(fixed32), ...fixed32(restarts.length)]);
}

export function makeTable(pairs: readonly Pair[], layout: TableLayout = {}): Uint8Array {
  const { pairsPerBlock = 100, restartInterval = 16, compress = null, damage = (block) => block } = layout;
  const bytes: number[] = [];
  const add = (block: Uint8Array): Uint8Array => {
    const stored = compress?.(block) ?? damage(block);
    const body = Uint8Array.from([...stored, compress === null ? 0 : 1]);
    const handle = [...varint(bytes.length), ...varint(stored.length)];
    for (const byte of body) bytes.push(byte);
    bytes.push(...fixed32(maskedCrc(body)));
    return Uint8Array.from(handle);
  };
  const handles: Pair[] = [];
  for (let i = 0; i < pairs.length; i += pairsPerBlock) {
    const part = pairs.slice(i, i + pairsPerBlock);
    handles.push([part.at(-1)?.[0] ?? '', add(makeBlock(part, restartInterval))]);
  }
  return withFooter(bytes, add(makeBlock([], 1)), add(makeBlock(handles, 1)));
}

/** Blocks, with the handles of the block of metadata and of the list of blocks. */
export function withFooter(blocks: readonly number[], meta: Uint8Array, list: Uint8Array): Uint8Array {
  const footer = new Uint8Array(48);
  footer.set([...meta, ...list]);
  footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
  return Uint8Array.from([...blocks, ...footer]);
}

export function headerPair(shardCount: number): Pair {
  return ['', message(field(1, shardCount), field(3, message(field(1, 1))))];
}

export function shapeProto(shape: readonly number[]): Uint8Array {
  return message(...shape.map((size) => field(2, message(field(1, size)))));
}

/** The files of a checkpoint: its index, and its data files. */
export function makeBundle(
  tensors: readonly BundleTensor[],
  layout: TableLayout = {},
): { index: Uint8Array; shards: Uint8Array[] } {
  const shardCount = Math.max(0, ...tensors.map(({ shard }) => shard ?? 0)) + 1;
  const shards = Array.from({ length: shardCount }, () => [] as number[]);
  const pairs = tensors.map(({ name, dtype = 1, shape, data, shard = 0, offset, size, crc }): Pair => {
    const bytes = shards[shard] as number[];
    const entry = message(
      field(1, dtype),
      field(2, shapeProto(shape)),
      field(3, shard),
      field(4, offset ?? bytes.length),
      field(5, size ?? data.length),
      field(6, { fixed32: crc ?? maskedCrc(data) }),
    );
    bytes.push(...data);
    return [binaryKey(name), entry];
  });
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  pairs.unshift(headerPair(shardCount));
  layout.collect?.(pairs);
  return {
    index: makeTable(pairs, layout),
    shards: shards.map((bytes) => Uint8Array.from(bytes)),
  };
}
