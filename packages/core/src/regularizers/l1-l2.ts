import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import type { Regularizer } from './regularizer.ts';

/**
 * Penalizes the absolute values of weights: `scale * sum(|w|)`.
 *
 * @param scale Not negative; 0 disables the regularizer, which then gives null.
 * @throws TypeError when `scale` is not a number.
 * @throws ValueError when `scale` is negative or not finite.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { regularizers } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const loss = regularizers.l1(0.5)(tf.tensor1d([1, -3]));
 * assert.strictEqual((await loss?.data())?.[0], 2);
 * ```
 *
 * TensorFlow 1: `tf.contrib.layers.l1_regularizer`.
 */
export function l1(scale: number): Regularizer {
  checkScale('l1', 'scale', scale);
  return named('l1_regularizer', (weights) =>
    scale === 0 ? null : tf.tidy(() => tf.mul(tf.sum(tf.abs(weights)), scale)),
  );
}

/**
 * Penalizes the squares of weights: `scale * sum(w²) / 2`.
 *
 * @param scale Not negative; 0 disables the regularizer, which then gives null.
 * @throws TypeError when `scale` is not a number.
 * @throws ValueError when `scale` is negative or not finite.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { regularizers } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const loss = regularizers.l2(0.5)(tf.tensor1d([2, 4]));
 * assert.strictEqual((await loss?.data())?.[0], 5);
 * ```
 *
 * TensorFlow 1: `tf.contrib.layers.l2_regularizer`.
 */
export function l2(scale: number): Regularizer {
  checkScale('l2', 'scale', scale);
  return named('l2_regularizer', (weights) =>
    scale === 0 ? null : tf.tidy(() => tf.mul(tf.sum(tf.square(weights)), scale / 2)),
  );
}

/**
 * Penalizes both: the sum of {@link l1} and {@link l2}, or of the one whose scale is not 0; null when both are 0.
 *
 * @param scaleL1 Scale of the absolute values. Default 1.
 * @param scaleL2 Scale of the squares. Default 1.
 * @throws TypeError when a scale is not a number.
 * @throws ValueError when a scale is negative or not finite.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { regularizers } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const loss = regularizers.l1l2(0.5, 0.25)(tf.tensor1d([1, -3]));
 * assert.strictEqual((await loss?.data())?.[0], 3.25);
 * ```
 *
 * TensorFlow 1: `tf.contrib.layers.l1_l2_regularizer`.
 */
export function l1l2(scaleL1 = 1, scaleL2 = 1): Regularizer {
  checkScale('l1l2', 'scaleL1', scaleL1);
  checkScale('l1l2', 'scaleL2', scaleL2);
  const absolute = l1(scaleL1);
  const squared = l2(scaleL2);
  return named('l1_l2_regularizer', (weights) => {
    if (scaleL1 === 0) return squared(weights);
    if (scaleL2 === 0) return absolute(weights);
    return tf.tidy(() => tf.add(absolute(weights) as tf.Tensor, squared(weights) as tf.Tensor));
  });
}

function named(regularizerName: string, regularize: (weights: tf.Tensor) => tf.Tensor | null): Regularizer {
  return Object.assign(regularize, { regularizerName });
}

function checkScale(regularizer: string, argument: string, scale: number): void {
  if (typeof scale !== 'number') {
    throw new TypeError(`regularizers.${regularizer}: ${argument} must be a number; got ${String(scale)}.`);
  }
  if (!Number.isFinite(scale) || scale < 0) {
    throw new ValueError(`regularizers.${regularizer}: ${argument} must be finite and not negative; got ${scale}.`);
  }
}
