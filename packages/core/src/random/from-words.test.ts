import { describe, expect, it } from 'vitest';
import {
  bernoulliValues,
  integerValues,
  normalValues,
  scaleWord,
  standardNormal,
  truncatedNormalValues,
  uniformValues,
} from './from-words.ts';
import { inverseNormal } from './inverse-normal.ts';

const FIRST = 0;
const LAST = 0xffffffff;
const words = Uint32Array.of(FIRST, 255, 256, 0x12345678, 0x80000000, LAST);

describe('uniformValues', () => {
  it('takes the upper 24 bits of a word', () => {
    expect([...uniformValues(words, 0, 1)]).toEqual([0, 0, 2 ** -24, 0x123456 * 2 ** -24, 0.5, 1 - 2 ** -24]);
    expect([...uniformValues(words, -4, 4)]).toEqual(
      [...words].map((word) => Math.fround(-4 + 8 * (word >>> 8) * 2 ** -24)),
    );
  });

  it('stays below the end of the range where float32 would round up to it', () => {
    const [end] = uniformValues(Uint32Array.of(LAST), 1, 2);
    expect(end).toBe(2 - 2 ** -23);
    expect(uniformValues(Uint32Array.of(LAST), -1, 0)[0]).toBeLessThan(0);
    expect(uniformValues(Uint32Array.of(LAST), -3, -2)[0]).toBe(-2 - 2 ** -22);
    expect([...uniformValues(words, 5, 5)]).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

describe('normalValues', () => {
  it('takes the middle of the interval of a word', () => {
    expect([...normalValues(words, 1, 2)]).toEqual(
      [...words].map((word) => Math.fround(1 + 2 * inverseNormal((word + 0.5) * 2 ** -32))),
    );
    expect(standardNormal(FIRST)).toBe(-standardNormal(LAST));
    expect(standardNormal(FIRST)).toBeCloseTo(-6.33795775, 7);
  });
});

describe('truncatedNormalValues', () => {
  it('never leaves two standard deviations', () => {
    const [least, , , , middle, greatest] = truncatedNormalValues(words, 0, 1);
    expect(least).toBe(-2);
    expect(middle).toBeCloseTo(0, 9);
    expect(greatest).toBe(2);
  });
});

describe('bernoulliValues', () => {
  it('gives the exact probability in 2^-32', () => {
    expect([...bernoulliValues(words, 0)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...bernoulliValues(words, 1)]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...bernoulliValues(words, 0.5)]).toEqual([1, 1, 1, 1, 0, 0]);
    expect([...bernoulliValues(words, 2 ** -32)]).toEqual([1, 0, 0, 0, 0, 0]);
  });
});

describe('scaleWord', () => {
  it('is the exact high part of the product', () => {
    const ranges = [1, 2, 3, 10, 65_535, 65_536, 65_537, 123_456_789, 2 ** 31, 2 ** 32 - 1, 2 ** 32];
    for (let i = 0; i < 2000; i++) {
      const word = Math.imul(i, 0x9e3779b1) >>> 0;
      for (const range of ranges) {
        expect(scaleWord(word, range)).toBe(Number((BigInt(word) * BigInt(range)) >> 32n));
      }
    }
  });

  it('reaches both ends of a range of integers', () => {
    expect([...integerValues(Uint32Array.of(FIRST, LAST), -3, 4)]).toEqual([-3, 3]);
    expect([...integerValues(Uint32Array.of(FIRST, LAST), -(2 ** 31), 2 ** 31)]).toEqual([-(2 ** 31), 2 ** 31 - 1]);
  });
});
