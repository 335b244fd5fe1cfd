import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

describe('a cast to integers', () => {
  it('takes what is too large for the nearest one, and NaN for 0', () => {
    const values = [
      1.9,
      -1.9,
      0.5,
      -0,
      2 ** 24 + 2,
      Number.NaN,
      3e9,
      -3e9,
      Infinity,
      -Infinity,
      -(2 ** 31),
      2 ** 31 - 128,
    ];
    const result = tf.tidy(() => Array.from(tf.cast(tf.tensor1d(values), 'int32').dataSync()));
    const [lowest, highest] = [-(2 ** 31), 2 ** 31 - 1];
    expect(result).toEqual([1, -1, 0, 0, 2 ** 24 + 2, 0, highest, lowest, highest, lowest, lowest, 2 ** 31 - 128]);
  });

  it('of numbers up to 2^22 and around is exact, each alone and among others', () => {
    const edges = [2 ** 22 - 0.5, 2 ** 22, 2 ** 22 + 0.5, 2 ** 22 + 1, 2 ** 23 + 1, 2 ** 24];
    const values = [...edges, ...edges.map((value) => -value), 0.99999994, -0.99999994, 1e-40];
    for (const value of values) {
      for (const length of [1, 3, 4, 33, 71]) {
        const numbers = Array.from({ length }, (_, i) => (i === length - 2 ? value : i - 20.75));
        if (length === 1) numbers[0] = value;
        const result = tf.tidy(() => Array.from(tf.cast(tf.tensor1d(numbers), 'int32').dataSync()));
        expect(result).toEqual(numbers.map((x) => Math.trunc(x) + 0));
      }
    }
  });
});
