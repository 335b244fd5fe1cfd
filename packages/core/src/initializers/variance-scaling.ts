import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { normalValues, truncatedNormalValues, uniformValues } from '../random/from-words.ts';
import { defineInitializer, drawWords } from './define-initializer.ts';
import type { Initializer } from './initializer.ts';

/** Standard deviation of a standard normal variable that is truncated at two standard deviations. */
const TRUNCATED_STDDEV = 0.8796256610342398;

/** What {@link varianceScaling} divides the scale by. */
export type VarianceScalingMode = 'fanIn' | 'fanOut' | 'fanAvg';

/** What {@link varianceScaling} draws from. */
export type VarianceScalingDistribution = 'truncatedNormal' | 'untruncatedNormal' | 'uniform';

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions extends SeedOption {
  /** Positive factor of the variance. Default 1. */
  readonly scale?: number;
  /** The number of inputs of a unit, of outputs, or their mean. Default `'fanIn'`. */
  readonly mode?: VarianceScalingMode;
  /** Default `'truncatedNormal'`, with a standard deviation that makes up for the truncation. */
  readonly distribution?: VarianceScalingDistribution;
}

/** The option of the initializers that are cases of {@link varianceScaling}. */
export interface SeedOption {
  /**
   * A safe integer: the numbers then depend on it alone. By default they depend on the graph's seed and the variable's
   * name.
   */
  readonly seed?: number;
}

const MODES: readonly string[] = ['fanIn', 'fanOut', 'fanAvg'] satisfies VarianceScalingMode[];
const DISTRIBUTIONS: readonly string[] = [
  'truncatedNormal',
  'untruncatedNormal',
  'uniform',
] satisfies VarianceScalingDistribution[];

/**
 * Initializes with random numbers whose variance is `scale / n`, float32; `n` is what `mode` counts.
 *
 * A weight of shape [inputs, outputs] has those fans; a convolution's [...window, inputs, outputs] has each times the
 * size of its window. A slice of a partitioned variable takes the fans of the whole.
 *
 * @throws ValueError when `scale` is not positive and finite, or `mode` or `distribution` is unknown.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const initializer = initializers.varianceScaling({ scale: 3, mode: 'fanAvg', distribution: 'uniform' });
 * const w = initializer([40, 60], 'float32', { name: 'linear/w', random: RandomStream.fromSeed(0) });
 * const limit = Math.sqrt((3 * 3) / 50);
 * assert((await w.data()).every((x) => Math.abs(x) <= limit));
 * ```
 *
 * TensorFlow 1: `tf.variance_scaling_initializer`.
 */
export function varianceScaling({
  scale = 1,
  mode = 'fanIn',
  distribution = 'truncatedNormal',
  seed,
}: VarianceScalingOptions = {}): Initializer {
  if (!(Number.isFinite(scale) && scale > 0)) {
    throw new ValueError(`initializers.varianceScaling: scale must be positive and finite; got ${scale}.`);
  }
  checkChoice('mode', mode, MODES);
  checkChoice('distribution', distribution, DISTRIBUTIONS);
  const config = { scale, mode, distribution, seed };
  return defineInitializer('varianceScaling', config, ['float32'], (shape, _, context) => {
    const variance = scale / fan(context.partition?.fullShape ?? shape, mode);
    const words = drawWords(shape, seed, context);
    return tf.tensor(draw(words, variance, distribution), shape, 'float32');
  });
}

/**
 * Initializes with uniform numbers within `sqrt(6 / (inputs + outputs))`.
 *
 * Glorot, Bengio: "Understanding the difficulty of training deep feedforward neural networks", 2010.
 * TensorFlow 1: `tf.glorot_uniform_initializer`, the default of `tf.get_variable`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.glorotUniform()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= Math.sqrt(6 / 50)));
 * ```
 */
export function glorotUniform({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 1, mode: 'fanAvg', distribution: 'uniform', seed });
}

/**
 * Initializes with truncated normal numbers of variance `2 / (inputs + outputs)`.
 *
 * TensorFlow 1: `tf.glorot_normal_initializer`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.glorotNormal()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= (2 * Math.sqrt(2 / 50)) / 0.8796));
 * ```
 */
export function glorotNormal({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 1, mode: 'fanAvg', distribution: 'truncatedNormal', seed });
}

/**
 * Initializes with uniform numbers within `sqrt(6 / inputs)`.
 *
 * He, Zhang, Ren, Sun: "Delving deep into rectifiers", 2015. TensorFlow 1: `tf.keras.initializers.he_uniform`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.heUniform()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= Math.sqrt(6 / 20)));
 * ```
 */
export function heUniform({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'uniform', seed });
}

/**
 * Initializes with truncated normal numbers of variance `2 / inputs`.
 *
 * TensorFlow 1: `tf.keras.initializers.he_normal`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.heNormal()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= (2 * Math.sqrt(2 / 20)) / 0.8796));
 * ```
 */
export function heNormal({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'truncatedNormal', seed });
}

/**
 * Initializes with uniform numbers within `sqrt(3 / inputs)`.
 *
 * LeCun, Bottou, Orr, Müller: "Efficient BackProp", 1998. TensorFlow 1: `tf.keras.initializers.lecun_uniform`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.lecunUniform()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= Math.sqrt(3 / 20)));
 * ```
 */
export function lecunUniform({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'uniform', seed });
}

/**
 * Initializes with truncated normal numbers of variance `1 / inputs`.
 *
 * TensorFlow 1: `tf.keras.initializers.lecun_normal`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.lecunNormal()([20, 30], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert((await w.data()).every((x) => Math.abs(x) <= (2 * Math.sqrt(1 / 20)) / 0.8796));
 * ```
 */
export function lecunNormal({ seed }: SeedOption = {}): Initializer {
  return varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'truncatedNormal', seed });
}

function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    throw new ValueError(`initializers.varianceScaling: ${option} must be one of ${choices.join(', ')}; got ${value}.`);
  }
}

/** The number of inputs, of outputs, or their mean, and at least 1. */
function fan(shape: readonly number[], mode: VarianceScalingMode): number {
  const window = tf.util.sizeFromShape(shape.slice(0, -2));
  const outputs = (shape.at(-1) ?? 1) * window;
  const inputs = (shape.at(-2) ?? shape.at(-1) ?? 1) * window;
  if (mode === 'fanIn') return Math.max(1, inputs);
  return Math.max(1, mode === 'fanOut' ? outputs : (inputs + outputs) / 2);
}

function draw(words: Uint32Array, variance: number, distribution: VarianceScalingDistribution): Float32Array {
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance);
    return uniformValues(words, -limit, limit);
  }
  const stddev = Math.sqrt(variance);
  return distribution === 'truncatedNormal'
    ? truncatedNormalValues(words, 0, stddev / TRUNCATED_STDDEV)
    : normalValues(words, 0, stddev);
}
