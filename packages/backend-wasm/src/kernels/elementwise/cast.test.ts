import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

it('a cast to integers takes what is too large for the nearest one, and NaN for 0', () => {
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
