import { expect, it } from 'vitest';
import { sliceKey } from './slice-key.ts';

const hex = (key: string) => Array.from(key, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');

/** A key without the part for the name "x" and one axis. */
function extent(start: number, length: number): string {
  const key = hex(sliceKey('x', [{ start, length }]));
  expect(key.startsWith('00 78 00 01 01 01 ')).toBe(true);
  return key.slice('00 78 00 01 01 01 '.length);
}

it('is the key that TensorFlow gives to a slice', () => {
  // From the index of test-data/partitioned_linear.
  const slice = [
    { start: 0, length: 3 },
    { start: 0, length: 4 },
  ];
  expect(hex(sliceKey('big/w', slice))).toBe('00 62 69 67 2f 77 00 01 01 02 80 83 80 84');
});

it('needs a byte more for every seven bits', () => {
  expect(extent(63, 64)).toBe('bf c0 40');
  expect(extent(2 ** 13 - 1, 2 ** 13)).toBe('df ff e0 20 00');
  // The example in TensorFlow's own description of the code.
  expect(extent(0x424242, 2 ** 41)).toBe('f0 42 42 42 fe 02 00 00 00 00 00');
  expect(extent(2 ** 53 - 1, 0)).toBe('ff 1f ff ff ff ff ff ff 80');
});

it('has -1 for all of an axis', () => {
  expect(extent(0, -1)).toBe('80 7f');
});

it('escapes the bytes that end a name', () => {
  expect(hex(sliceKey('a\x00b\xffc', []))).toBe('00 61 00 ff 62 ff 00 63 00 01 00');
});
