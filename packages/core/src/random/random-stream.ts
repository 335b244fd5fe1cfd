import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { foldLabel, type RandomKey } from './fold-label.ts';
import {
  bernoulliValues,
  integerValues,
  lastBefore,
  normalValues,
  scaleWord,
  truncatedNormalValues,
  uniformValues,
} from './from-words.ts';
import { threefryWords } from './threefry.ts';

/** Options of {@link RandomStream}'s constructor. */
export interface RandomStreamOptions {
  /** Words that count as drawn already. Default 0. */
  readonly position?: number;
}

/** Options of {@link RandomStream.uniform}. */
export interface UniformOptions {
  /** The smallest value. Default 0. */
  readonly min?: number;
  /** The end of the range, itself excluded. Default 1. */
  readonly max?: number;
  /** `'int32'` draws integers, as {@link RandomStream.integers} does. Default `'float32'`. */
  readonly dtype?: 'float32' | 'int32';
}

/** Options of {@link RandomStream.normal} and {@link RandomStream.truncatedNormal}. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** The standard deviation, before truncation where there is one. Default 1. */
  readonly stddev?: number;
  /** Default `'float32'`, the only floating-point dtype of TensorFlow.js. */
  readonly dtype?: 'float32';
}

/** Options of {@link RandomStream.integers}. */
export interface IntegersOptions {
  /** The smallest value. Default 0. */
  readonly min?: number;
  /** The end of the range, itself excluded. */
  readonly max: number;
}

/**
 * A seeded sequence of random 32-bit words, and tensors of random numbers made of them.
 *
 * A stream is a 64-bit key and a position. Word `i` of a key is word `i % 2` of the Threefry-2x32-20 block with counter
 * `floor(i / 2)`; every sample takes exactly one word. So the same seed gives the same words on every backend, machine
 * and JavaScript engine, whatever was drawn from other streams before, and a saved position continues a run exactly.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const stream = RandomStream.fromSeed(42, 'mlp/linear_0/w');
 * const noise = stream.normal([2, 3], { stddev: 0.1 });
 * assert.deepStrictEqual(noise.shape, [2, 3]);
 * assert.strictEqual(stream.position, 6);
 *
 * const again = RandomStream.fromSeed(42, 'mlp/linear_0/w').normal([2, 3], { stddev: 0.1 });
 * assert.deepStrictEqual(await again.data(), await noise.data());
 * ```
 */
export class RandomStream {
  readonly #key: RandomKey;
  #position: number;

  /**
   * @param key Two unsigned 32-bit words; {@link RandomStream.fromSeed} makes them from a seed.
   * @throws ValueError when a word of the key or the position is not in its range.
   */
  constructor(key: RandomKey, { position = 0 }: RandomStreamOptions = {}) {
    if (key.length !== 2 || key.some((word) => word >>> 0 !== word)) {
      throw new ValueError(`RandomStream: the key must be two unsigned 32-bit words; got [${key}].`);
    }
    this.#key = [key[0], key[1]];
    this.#position = checkPosition(position);
  }

  /**
   * The stream of a seed, or of labels below it.
   *
   * @param seed A safe integer.
   * @param labels Strings and safe integers; other labels, or the same ones in another order, give an unrelated stream.
   * @throws ValueError when the seed or a numeric label is not a safe integer.
   */
  static fromSeed(seed: number, ...labels: (string | number)[]): RandomStream {
    return new RandomStream(labels.reduce(foldLabel, foldLabel([0, 0], seed)));
  }

  /** The two unsigned 32-bit words that select this stream. */
  get key(): RandomKey {
    return [this.#key[0], this.#key[1]];
  }

  /** How many words have been drawn: with the key, all that a checkpoint has to keep. */
  get position(): number {
    return this.#position;
  }

  set position(position: number) {
    this.#position = checkPosition(position);
  }

  /**
   * A new stream below this one, at position 0. It depends on this one's key and the label only, not on the position.
   *
   * @throws ValueError when a numeric label is not a safe integer.
   */
  split(label: string | number): RandomStream {
    return new RandomStream(foldLabel(this.#key, label));
  }

  /** The next `n` words. */
  bits(n: number): Uint32Array {
    const words = new Uint32Array(n);
    threefryWords(this.#key[0], this.#key[1], this.#position, words);
    this.#position += words.length;
    return words;
  }

  /**
   * Uniformly distributed numbers in [min, max).
   *
   * A word becomes `min + (max - min) * (word >>> 8) * 2^-24`, computed in float64 and rounded to float32.
   *
   * @throws ValueError when `min` or `max` is not finite or `min > max`; for int32 as {@link RandomStream.integers}.
   */
  uniform(shape: readonly number[], { min = 0, max = 1, dtype = 'float32' }: UniformOptions = {}): tf.Tensor {
    if (dtype === 'int32') return this.integers(shape, { min, max });
    checkFloat32('uniform', dtype);
    if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) {
      throw new ValueError(`RandomStream.uniform: min and max must be finite with min <= max; got ${min} and ${max}.`);
    }
    const drawn = this.#drawOnBackend('RandomStreamUniform', shape, { min, max, last: lastBefore(min, max) });
    return drawn ?? tf.tensor(uniformValues(this.#wordsFor(shape), min, max), [...shape], 'float32');
  }

  /**
   * Normally distributed numbers.
   *
   * A word becomes `mean + stddev * q((word + 0.5) * 2^-32)`, with `q` the inverse of the normal distribution function
   * (Wichura's PPND16), computed in float64 and rounded to float32.
   *
   * @throws ValueError when the mean is not finite or the standard deviation is negative or not finite.
   */
  normal(shape: readonly number[], { mean = 0, stddev = 1, dtype = 'float32' }: NormalOptions = {}): tf.Tensor {
    checkFloat32('normal', dtype);
    checkMoments('normal', mean, stddev);
    return tf.tensor(normalValues(this.#wordsFor(shape), mean, stddev), [...shape], 'float32');
  }

  /**
   * Normally distributed numbers without those beyond two standard deviations, whose standard deviation is then
   * 0.8796 `stddev`.
   *
   * As {@link RandomStream.normal}, with `q(P(z < -2) + P(|z| < 2) * (word + 0.5) * 2^-32)`.
   *
   * @throws ValueError when the mean is not finite or the standard deviation is negative or not finite.
   */
  truncatedNormal(
    shape: readonly number[],
    { mean = 0, stddev = 1, dtype = 'float32' }: NormalOptions = {},
  ): tf.Tensor {
    checkFloat32('truncatedNormal', dtype);
    checkMoments('truncatedNormal', mean, stddev);
    return tf.tensor(truncatedNormalValues(this.#wordsFor(shape), mean, stddev), [...shape], 'float32');
  }

  /**
   * Ones with probability `p` and zeros, float32: 1 where `word < p * 2^32`.
   *
   * @throws ValueError when `p` is not between 0 and 1.
   */
  bernoulli(shape: readonly number[], p: number): tf.Tensor {
    if (!(p >= 0 && p <= 1)) throw new ValueError(`RandomStream.bernoulli: p must be between 0 and 1; got ${p}.`);
    const drawn = this.#drawOnBackend('RandomStreamBernoulli', shape, { probability: p });
    return drawn ?? tf.tensor(bernoulliValues(this.#wordsFor(shape), p), [...shape], 'float32');
  }

  /**
   * Uniformly distributed integers in [min, max), int32.
   *
   * A word becomes `min + floor(word * (max - min) / 2^32)`: the probabilities of two results differ by at most 2^-32.
   *
   * @throws ValueError unless `min < max`, both integers, the results within int32.
   */
  integers(shape: readonly number[], { min = 0, max }: IntegersOptions): tf.Tensor {
    if (!Number.isInteger(min) || !Number.isInteger(max) || min >= max || min < -(2 ** 31) || max > 2 ** 31) {
      throw new ValueError(
        `RandomStream: a range of integers needs integers min < max between -2^31 and 2^31; got ${min} and ${max}.`,
      );
    }
    return tf.tensor(integerValues(this.#wordsFor(shape), min, max), [...shape], 'int32');
  }

  /**
   * The numbers 0 … n-1 in random order (Fisher–Yates from the end); takes `n` words.
   *
   * @throws ValueError when `n` is not an integer between 0 and 2^31.
   */
  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n > 2 ** 31) {
      throw new ValueError(`RandomStream.permutation: n must be an integer between 0 and 2^31; got ${n}.`);
    }
    const words = this.bits(n);
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = scaleWord(words[i] as number, i + 1);
      const moved = order[i] as number;
      order[i] = order[j] as number;
      order[j] = moved;
    }
    return order;
  }

  /** The same numbers from a kernel of the backend, where it has one. */
  #drawOnBackend(kernelName: string, shape: readonly number[], attrs: object): tf.Tensor | undefined {
    if (tf.getKernel(kernelName, tf.getBackend()) === undefined) return undefined;
    checkShape(shape);
    const draw = { ...attrs, shape: [...shape], key: this.#key, position: this.#position };
    const drawn = tf.engine().runKernel(kernelName, {}, draw as unknown as tf.NamedAttrMap) as tf.Tensor;
    this.#position += drawn.size;
    return drawn;
  }

  #wordsFor(shape: readonly number[]): Uint32Array {
    checkShape(shape);
    return this.bits(tf.util.sizeFromShape([...shape]));
  }
}

function checkShape(shape: readonly number[]): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ValueError(`RandomStream: the sizes of a shape must be integers >= 0; got [${shape}].`);
  }
}

function checkPosition(position: number): number {
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new ValueError(`RandomStream: the position must be a safe integer >= 0; got ${position}.`);
  }
  return position;
}

function checkMoments(method: string, mean: number, stddev: number): void {
  if (!Number.isFinite(mean) || !Number.isFinite(stddev) || stddev < 0) {
    throw new ValueError(
      `RandomStream.${method}: mean and stddev must be finite and stddev >= 0; got mean ${mean}, stddev ${stddev}.`,
    );
  }
}

function checkFloat32(method: string, dtype: string): void {
  if (dtype !== 'float32') throw new TypeError(`RandomStream.${method}: expected dtype float32, got ${dtype}.`);
}
