import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

describe('fill and onesLike', () => {
  it.each([0, 1, 3, 4, 31, 32, 33, 71])('write all of %d elements and no more', (count) => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const [made, after, ones] = tf.tidy(() => {
        const filled = tf.fill([count], 1, dtype);
        const next = tf.fill([5], 0, dtype);
        return [filled, next, tf.onesLike(filled)].map((t) => [...t.dataSync()]);
      });
      expect(made).toEqual(new Array(count).fill(1));
      expect(after).toEqual([0, 0, 0, 0, 0]);
      expect(ones).toEqual(made);
    }
  });

  it('convert the number to the dtype', () => {
    const [floats, integers, unknown] = tf.tidy(() =>
      [tf.fill([2, 3], 0.1), tf.fill([2], -2.7, 'int32'), tf.fill([2], Number.NaN)].map((t) => [...t.dataSync()]),
    );
    expect(floats).toEqual(new Array(6).fill(Math.fround(0.1)));
    expect(integers).toEqual([-2, -2]);
    expect(unknown).toEqual([Number.NaN, Number.NaN]);
  });
});
