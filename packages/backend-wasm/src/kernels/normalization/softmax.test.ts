import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

function softmax(rows: number[][]): number[][] {
  return tf.tidy(() => tf.softmax(tf.tensor2d(rows)).arraySync() as number[][]);
}

/** The same in float64, of numbers as float32 has them. */
function expected(row: number[]): number[] {
  const numbers = row.map(Math.fround);
  const largest = Math.max(...numbers);
  const powers = numbers.map((x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const spreads = [0.01, 1, 10, 80];

describe('softmax', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 67, 1000])('of %d numbers is as accurate as stated', (columns) => {
    for (const spread of spreads) {
      const rows = [0, 1, 2].map((row) =>
        Array.from({ length: columns }, (_, i) => spread * Math.sin(12.9898 * (i + 1) + 7 * row) + 100 * row),
      );
      const results = softmax(rows);
      for (const [row, values] of rows.entries()) {
        const largest = Math.max(...values.map(Math.fround));
        for (const [i, share] of expected(values).entries()) {
          // Both roundings of an exponent x cost |x| / 2 ulp and more, by ln 2; the sum and the shares a few.
          const exponent = largest - Math.fround(values[i] ?? 0);
          const ulps = 6 + 2 * exponent + Math.sqrt(columns) / 4;
          const error = Math.abs((results[row]?.[i] ?? Number.NaN) - share);
          expect(error, `${columns} numbers, spread ${spread}`).toBeLessThanOrEqual(
            ulps * share * 2 ** -23 + 2 ** -126,
          );
        }
      }
    }
  });

  it('gives exactly 0 to what is far below, and shares of one number', () => {
    expect(softmax([[0, -1e9, -100, Number.NEGATIVE_INFINITY, 0]])).toEqual([[0.5, 0, 0, 0, 0.5]]);
    expect(softmax([[5], [-1e30], [3e38]])).toEqual([[1], [1], [1]]);
  });

  it('of a row with NaN or the largest of infinities is NaN, of the others not', () => {
    const nan = Number.NaN;
    for (const bad of [nan, Number.POSITIVE_INFINITY]) {
      for (const place of [0, 4, 8, 40]) {
        const row = Array.from({ length: 41 }, (_, i) => (i === place ? bad : 1));
        const [first, second] = softmax([row, row.map(() => 1)]);
        expect(first).toEqual(row.map(() => nan));
        expect(second?.[0]).toBeCloseTo(1 / 41);
      }
    }
    expect(softmax([[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]])).toEqual([[nan, nan]]);
  });

  it('takes tensors of any rank, and none', () => {
    const sums = tf.tidy(() => tf.sum(tf.softmax(tf.ones([2, 3, 5, 7])), -1).dataSync());
    for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
    expect(tf.tidy(() => tf.softmax(tf.scalar(3)).arraySync())).toBe(1);
    expect(tf.tidy(() => tf.softmax(tf.zeros([0, 4])).shape)).toEqual([0, 4]);
    expect(tf.tidy(() => tf.softmax(tf.zeros([4, 0])).shape)).toEqual([4, 0]);
  });

  it('refuses other axes and dtypes', () => {
    const run = (logits: tf.Tensor, dim: number) => () =>
      tf.tidy(() => void tf.engine().runKernel('Softmax', { logits }, { dim }));
    const [x, integers] = [tf.ones([2, 3]), tf.ones([2], 'int32')];
    expect(run(x, 0)).toThrow('Softmax: the axis must be the last one, 1 of shape [2,3], but it is 0.');
    expect(run(integers, 0)).toThrow('Error in Softmax: only float32 input is supported. Got int32.');
    tf.dispose([x, integers]);
  });
});
