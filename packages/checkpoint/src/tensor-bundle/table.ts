import { CheckpointError } from '../checkpoint-error.ts';
import { crc32c, unmaskCrc } from '../crc32c.ts';
import { ByteReader } from './byte-reader.ts';
import { decompressSnappy } from './snappy.ts';

/** The last eight bytes of a table. */
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const FOOTER_BYTES = 48;
/** After every block: how it is compressed, and a checksum. */
const TRAILER_BYTES = 5;
/** The most bytes that all blocks may have, decompressed. A checkpoint of 100,000 tensors has about six million. */
const MAX_BLOCK_BYTES = 1 << 24;
/** The most bytes that all keys may have. In a block they share prefixes with those before them. */
const MAX_KEY_BYTES = 1 << 26;
/** The most bytes of one key. Engines tell longer texts apart by their lengths first, so that many of them take very long. */
const MAX_KEY_LENGTH = 1 << 13;
/** The most pairs that there may be: a few bytes of a block can be one. */
const MAX_PAIRS = 1 << 18;

/** Whether bytes are a table, as the index of a TensorFlow checkpoint is. */
export function isTable(bytes: Uint8Array): boolean {
  return bytes.length >= FOOTER_BYTES && MAGIC.every((byte, i) => bytes[bytes.length - 8 + i] === byte);
}

/**
 * Reads all pairs of a table in LevelDB's format, in the order of their keys.
 *
 * Blocks may have 16 MiB together when they are decompressed, and keys 64 MiB, each of them 8 KiB; there may be 262,144
 * pairs.
 *
 * @returns The values by key, the bytes of a key as characters up to 255.
 * @throws CheckpointError when the table is damaged.
 *
 * Format: https://github.com/google/leveldb/blob/main/doc/table_format.md
 */
export function readTable(bytes: Uint8Array): Map<string, Uint8Array> {
  if (!isTable(bytes)) {
    throw new CheckpointError(
      'Not the index of a TensorFlow checkpoint, or one that is cut off: its last bytes are others.',
    );
  }
  const footer = new ByteReader(bytes.subarray(bytes.length - FOOTER_BYTES), 'the footer of the index');
  readHandle(footer);
  const budget: Budget = { blockBytes: MAX_BLOCK_BYTES, keyBytes: MAX_KEY_BYTES };
  const pairs = new Map<string, Uint8Array>();
  let end = 0;
  let last: string | null = null;
  for (const [, value] of readBlock(bytes, readHandle(footer), budget)) {
    const handle = readHandle(new ByteReader(value, 'the list of blocks'));
    // Blocks in the order of the file, so that none is read more than once.
    if (handle.offset < end) throw damaged('blocks of the index overlap');
    end = handle.offset + handle.size;
    for (const [key, value] of readBlock(bytes, handle, budget)) {
      if (last !== null && key <= last) throw damaged('the keys of the index do not ascend');
      last = key;
      if (pairs.size >= MAX_PAIRS) throw damaged(`its index has more than ${MAX_PAIRS} entries`);
      pairs.set(key, value);
    }
  }
  return pairs;
}

/** What may still be taken. */
interface Budget {
  blockBytes: number;
  keyBytes: number;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(reader: ByteReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}

/** The pairs of a block, one after the other. */
function* readBlock(bytes: Uint8Array, handle: Handle, budget: Budget): Generator<[string, Uint8Array]> {
  const where = `the block at byte ${handle.offset} of the index`;
  const block = loadBlock(bytes, handle, where, budget);
  const restartCount = new ByteReader(block.subarray(Math.max(block.length - 4, 0)), where).fixed32();
  const end = block.length - 4 - 4 * restartCount;
  const reader = new ByteReader(block.subarray(0, Math.max(end, 0)), where);
  if (end < 0) throw reader.error('has more restart points than bytes');
  const restarts = readRestarts(block.subarray(end), restartCount, where);
  let key = '';
  while (!reader.done) {
    const start = reader.position;
    const [shared, unshared, valueLength] = [reader.varint(), reader.varint(), reader.varint()];
    if (shared > key.length) throw reader.error('has a key that shares more than there is');
    if (restarts.delete(start) && shared > 0) throw reader.error('has a restart point that is none');
    budget.keyBytes -= shared + unshared;
    if (budget.keyBytes < 0 || shared + unshared > MAX_KEY_LENGTH) throw reader.error('has keys that are too long');
    key = key.slice(0, shared) + binaryString(reader.take(unshared));
    yield [key, reader.take(valueLength)];
  }
  // An empty block has one restart point.
  restarts.delete(0);
  if (restarts.size > 0) throw reader.error('has restart points between its pairs');
}

function readRestarts(bytes: Uint8Array, count: number, where: string): Set<number> {
  const reader = new ByteReader(bytes, where);
  const restarts = new Set<number>();
  for (let i = 0; i < count; i++) restarts.add(reader.fixed32());
  return restarts;
}

function loadBlock(bytes: Uint8Array, { offset, size }: Handle, where: string, budget: Budget): Uint8Array {
  const reader = new ByteReader(bytes.subarray(offset, bytes.length - FOOTER_BYTES), where);
  const stored = reader.take(size);
  const compression = reader.byte();
  const expected = unmaskCrc(reader.fixed32());
  if (crc32c(bytes.subarray(offset, offset + size + TRAILER_BYTES - 4)) !== expected) {
    throw reader.error('has another checksum than it should have');
  }
  if (compression > 1) throw reader.error(`is compressed in a way that is not known (${compression})`);
  const block = compression === 0 ? stored : decompressSnappy(stored, budget.blockBytes, where);
  budget.blockBytes -= block.length;
  if (budget.blockBytes < 0) throw reader.error('is too long');
  return block;
}

function binaryString(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function damaged(what: string): CheckpointError {
  return new CheckpointError(`The TensorFlow checkpoint is damaged: ${what}.`);
}
