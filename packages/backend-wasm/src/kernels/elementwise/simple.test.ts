import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

describe('short functions', () => {
  it('of one number know NaN, zeros and halves', () => {
    const x = [Number.NaN, -0, 0, 0.5, 1.5, -2.5, 7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const [rounded, stepped, signs] = tf.tidy(() =>
      [tf.round(x), tf.step(x, 0.25), tf.sign(x)].map((t) => [...t.dataSync()].map((value) => value + 0)),
    );
    expect(rounded).toEqual([Number.NaN, 0, 0, 0, 2, -2, 7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(stepped).toEqual([Number.NaN, 0.25, 0.25, 1, 1, 0.25, 1, 1, 0.25]);
    expect(signs).toEqual([Number.NaN, 0, 0, 1, 1, -1, 1, 1, -1]);
  });
});
