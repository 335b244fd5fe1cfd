import { ByteReader } from './byte-reader.ts';

/**
 * Decompresses Snappy's raw format.
 *
 * @param limit The most bytes that may come out.
 * @param where How errors call the bytes.
 * @throws CheckpointError when they are damaged, or more would come out.
 *
 * Format: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function decompressSnappy(bytes: Uint8Array, limit: number, where: string): Uint8Array {
  const reader = new ByteReader(bytes, where);
  const length = reader.varint();
  if (length > limit) throw reader.error(`has ${length} bytes when it is decompressed, which is too long`);
  const output = new Uint8Array(length);
  let at = 0;
  while (!reader.done) {
    const tag = reader.byte();
    if ((tag & 3) === 0) {
      const literal = reader.take(literalLength(reader, tag >> 2));
      if (at + literal.length > length) throw reader.error('gets longer than it says');
      output.set(literal, at);
      at += literal.length;
      continue;
    }
    const [offset, count] = copyOf(reader, tag);
    if (offset === 0 || offset > at) throw reader.error('copies from before its begin');
    if (at + count > length) throw reader.error('gets longer than it says');
    // What is copied may overlap with where it goes: it repeats then.
    for (let i = 0; i < count; i++, at++) output[at] = output[at - offset] as number;
  }
  if (at !== length) throw reader.error('gets shorter than it says');
  return output;
}

function literalLength(reader: ByteReader, code: number): number {
  if (code < 60) return code + 1;
  return littleEndian(reader.take(code - 59)) + 1;
}

function copyOf(reader: ByteReader, tag: number): [offset: number, count: number] {
  if ((tag & 3) === 1) return [((tag >> 5) << 8) | reader.byte(), ((tag >> 2) & 7) + 4];
  return [littleEndian(reader.take((tag & 3) === 2 ? 2 : 4)), (tag >> 2) + 1];
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0);
}
