import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { normalValues, truncatedNormalValues } from '../random/from-words.ts';
import { defineInitializer, drawWords } from './define-initializer.ts';
import type { Initializer } from './initializer.ts';

/** Options of {@link randomNormal} and {@link truncatedNormal}. */
export interface RandomNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** The standard deviation, before truncation where there is one. Default 1. */
  readonly stddev?: number;
  /**
   * A safe integer: the numbers then depend on it alone. By default they depend on the graph's seed and the variable's
   * name.
   */
  readonly seed?: number;
}

/**
 * Initializes with normally distributed numbers, float32.
 *
 * @throws ValueError when the mean is not finite or the standard deviation is negative or not finite.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const initializer = initializers.randomNormal({ stddev: 0.1, seed: 7 });
 * const w = initializer([100, 10], 'float32', { name: 'linear/w', random: RandomStream.fromSeed(0) });
 * assert.deepStrictEqual(w.shape, [100, 10]);
 * ```
 *
 * TensorFlow 1: `tf.random_normal_initializer`.
 */
export function randomNormal({ mean = 0, stddev = 1, seed }: RandomNormalOptions = {}): Initializer {
  checkMoments('randomNormal', mean, stddev);
  return defineInitializer('randomNormal', { mean, stddev, seed }, ['float32'], (shape, _, context) =>
    tf.tensor(normalValues(drawWords(shape, seed, context), mean, stddev), shape, 'float32'),
  );
}

/**
 * Initializes with normally distributed numbers of which none lies beyond two standard deviations, float32.
 *
 * The standard deviation of the result is 0.8796 `stddev`. Sonnet's modules initialize their weights so.
 *
 * @throws ValueError when the mean is not finite or the standard deviation is negative or not finite.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const initializer = initializers.truncatedNormal({ stddev: 0.5 });
 * const w = initializer([100, 10], 'float32', { name: 'linear/w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= 1));
 * ```
 *
 * TensorFlow 1: `tf.truncated_normal_initializer`.
 */
export function truncatedNormal({ mean = 0, stddev = 1, seed }: RandomNormalOptions = {}): Initializer {
  checkMoments('truncatedNormal', mean, stddev);
  return defineInitializer('truncatedNormal', { mean, stddev, seed }, ['float32'], (shape, _, context) =>
    tf.tensor(truncatedNormalValues(drawWords(shape, seed, context), mean, stddev), shape, 'float32'),
  );
}

function checkMoments(name: string, mean: number, stddev: number): void {
  if (!Number.isFinite(mean) || !Number.isFinite(stddev) || stddev < 0) {
    throw new ValueError(
      `initializers.${name}: mean and stddev must be finite and stddev >= 0; got mean ${mean}, stddev ${stddev}.`,
    );
  }
}
