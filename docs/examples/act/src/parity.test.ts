import { RandomStream } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { makeParities, type ParityOptions } from './parity.ts';

/** Rows of entries, and the answers. */
function make(seed: number, options: ParityOptions): { rows: number[][]; answers: number[] } {
  const { vectors, answers } = makeParities(RandomStream.fromSeed(seed), options);
  return { rows: vectors.arraySync() as number[][], answers: [...answers.dataSync()] };
}

describe('makeParities', () => {
  it('makes vectors of ones and minus ones, then zeros, of every length', () => {
    const { rows } = make(1, { count: 200, size: 5 });
    const lengths = rows.map((row) => row.filter((entry) => entry !== 0).length);
    expect(new Set(lengths)).toEqual(new Set([1, 2, 3, 4, 5]));
    for (const [i, row] of rows.entries()) {
      expect(row.slice(0, lengths[i]).every((entry) => Math.abs(entry) === 1)).toBe(true);
    }
  });

  it('answers 1 where the number of ones is odd', () => {
    const { rows, answers } = make(1, { count: 200, size: 5 });
    expect(answers).toEqual(rows.map((row) => row.filter((entry) => entry === 1).length % 2));
  });

  it('makes vectors of one length when it is told to, with both answers about as often', () => {
    const { rows, answers } = make(2, { count: 1000, size: 6, entries: 4 });
    expect(rows.every((row) => row.filter((entry) => entry !== 0).length === 4)).toBe(true);
    expect(Math.abs(answers.filter((answer) => answer === 1).length - 500)).toBeLessThan(60);
  });

  it('is decided by the seed', () => {
    const options = { count: 20, size: 5 };
    expect(make(3, options)).toEqual(make(3, options));
    expect(make(3, options)).not.toEqual(make(4, options));
  });
});
