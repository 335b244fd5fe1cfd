import type { Extent } from './bundle-entry.ts';

/**
 * The key under which an index has a slice of a tensor, in TensorFlow's code that sorts as what it stands for does: a
 * number 0, the name, the number of axes, and for each axis where the slice begins and how long it is.
 *
 * @param key The key of the whole tensor, its bytes as characters up to 255.
 */
export function sliceKey(key: string, slice: readonly Extent[]): string {
  const extents = slice.map(({ start, length }) => signedNumber(start) + signedNumber(length));
  return number(0) + text(key) + number(slice.length) + extents.join('');
}

/** A count of bytes, then the bytes, the highest first. */
function number(value: number): string {
  const bytes = bigEndian(value);
  return String.fromCharCode(bytes.length, ...bytes);
}

/** The bytes 0 and 255 are escaped, so that the mark at the end is told from them. */
function text(value: string): string {
  const escaped = Array.from(value, (byte) => (byte === '\xff' ? '\xff\x00' : byte === '\x00' ? '\x00\xff' : byte));
  return `${escaped.join('')}\x00\x01`;
}

/** As many one-bits as there are bytes, a zero-bit, and the value in the bits that are left; -1 is one byte. */
function signedNumber(value: number): string {
  if (value === -1) return '\x7f';
  const bytes = bigEndian(value);
  let length = Math.max(bytes.length, 1);
  // Of each byte one bit tells the length, and one more bit tells the sign.
  while (value >= 2 ** (7 * length - 1)) length++;
  while (bytes.length < length) bytes.unshift(0);
  bytes[0] = (bytes[0] ?? 0) | (0xff & (0xff00 >> length));
  return String.fromCharCode(...bytes);
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
