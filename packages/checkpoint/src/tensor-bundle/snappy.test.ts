import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { decompressSnappy } from './snappy.ts';

const decompress = (...bytes: number[]) => [...decompressSnappy(Uint8Array.from(bytes), 1 << 20, 'the block')];
const text = (string: string) => [...new TextEncoder().encode(string)];

describe('decompressSnappy', () => {
  it('reads literals, short and long', () => {
    expect(decompress(3, 2 << 2, ...text('abc'))).toEqual(text('abc'));
    const long = Array.from({ length: 300 }, (_, i) => i % 251);
    // 300 as a varint; a literal whose length less one is in two bytes.
    expect(decompress(0xac, 0x02, 61 << 2, 299 & 255, 299 >> 8, ...long)).toEqual(long);
    const medium = long.slice(0, 70);
    expect(decompress(70, 60 << 2, 69, ...medium)).toEqual(medium);
    expect(decompress(0)).toEqual([]);
  });

  it('reads copies with offsets of one, two and four bytes', () => {
    const literal = [3 << 2, ...text('abcd')];
    expect(decompress(8, ...literal, 0b000_000_01, 4)).toEqual(text('abcdabcd'));
    expect(decompress(7, ...literal, (2 << 2) | 2, 4, 0)).toEqual(text('abcdabc'));
    expect(decompress(6, ...literal, (1 << 2) | 3, 3, 0, 0, 0)).toEqual(text('abcdbc'));
  });

  it('repeats when what is copied reaches into itself', () => {
    expect(decompress(12, 1 << 2, ...text('ab'), (9 << 2) | 2, 2, 0)).toEqual(text('abababababab'));
  });

  it.each([
    ['nothing at all', [], 'is cut off'],
    ['a length that does not end', new Array(11).fill(0x80), 'a number that does not end'],
    ['more than is allowed', [0xff, 0xff, 0xff, 0x7f, 0], '268435455 bytes when it is decompressed'],
    ['a literal that is cut off', [3, 2 << 2, 97], 'is cut off'],
    ['a literal of four gigabytes', [3, 63 << 2, 255, 255, 255, 255], 'is cut off'],
    ['a literal that is too long', [1, 2 << 2, 97, 98, 99], 'gets longer than it says'],
    ['a copy that is too long', [5, 3 << 2, 97, 98, 99, 100, 0b000_000_01, 4], 'gets longer than it says'],
    ['a copy from before the begin', [8, 3 << 2, 97, 98, 99, 100, 0b000_000_01, 5], 'from before its begin'],
    ['a copy from nowhere', [8, 3 << 2, 97, 98, 99, 100, 0b000_000_01, 0], 'from before its begin'],
    ['a copy that is cut off', [8, 3 << 2, 97, 98, 99, 100, 2], 'is cut off'],
    ['less than it says', [5, 3 << 2, 97, 98, 99, 100], 'gets shorter than it says'],
  ] as [string, number[], string][])('refuses %s', (_, bytes, message) => {
    expect(() => decompress(...bytes)).toThrow(CheckpointError);
    expect(() => decompress(...bytes)).toThrow(message);
  });

  it('gives bytes or a CheckpointError for whatever it gets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decompressSnappy(bytes, 1 << 16, 'the block');
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
