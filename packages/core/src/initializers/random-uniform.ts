import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { integerValues, uniformValues } from '../random/from-words.ts';
import { defineInitializer, drawWords } from './define-initializer.ts';
import type { Initializer } from './initializer.ts';

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** The smallest value. Default 0. */
  readonly minval?: number;
  /** The end of the range, itself excluded. Default 1 for float32, required for int32. */
  readonly maxval?: number;
  /**
   * A safe integer: the numbers then depend on it alone. By default they depend on the graph's seed and the variable's
   * name.
   */
  readonly seed?: number;
}

/**
 * Initializes with uniformly distributed numbers in [minval, maxval), float32 or int32.
 *
 * @throws ValueError when a bound is not finite or `minval > maxval`; from the initializer, for int32, unless both are
 *   given, integers, within int32 and `minval < maxval`.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const initializer = initializers.randomUniform({ minval: -0.1, maxval: 0.1 });
 * const w = initializer([8, 4], 'float32', { name: 'embed/embeddings', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= 0.1));
 * ```
 *
 * TensorFlow 1: `tf.random_uniform_initializer`.
 */
export function randomUniform({ minval = 0, maxval, seed }: RandomUniformOptions = {}): Initializer {
  if (!Number.isFinite(minval) || (maxval !== undefined && !(Number.isFinite(maxval) && minval <= maxval))) {
    throw new ValueError(
      `initializers.randomUniform: minval and maxval must be finite with minval <= maxval; got ${minval} and ${maxval}.`,
    );
  }
  return defineInitializer('randomUniform', { minval, maxval, seed }, ['float32', 'int32'], (shape, dtype, context) => {
    if (dtype === 'float32') {
      return tf.tensor(uniformValues(drawWords(shape, seed, context), minval, maxval ?? 1), shape, dtype);
    }
    const end = checkIntegerRange(minval, maxval, context.name);
    return tf.tensor(integerValues(drawWords(shape, seed, context), minval, end), shape, dtype);
  });
}

function checkIntegerRange(minval: number, maxval: number | undefined, variable: string): number {
  const valid = Number.isInteger(minval) && Number.isInteger(maxval) && minval >= -(2 ** 31);
  if (!valid || maxval === undefined || minval >= maxval || maxval > 2 ** 31) {
    throw new ValueError(
      `initializers.randomUniform for "${variable}": int32 needs integers minval < maxval between -2^31 and 2^31; ` +
        `got ${minval} and ${maxval}.`,
    );
  }
  return maxval;
}
