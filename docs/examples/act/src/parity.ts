import type { RandomStream } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Vectors, and what is asked about them; who asks for them disposes them. */
export interface Parities {
  /** float32 [count, size]: first some entries that are 1 or -1 at random, then zeros. */
  readonly vectors: tf.Tensor;
  /** float32 [count, 1]: 1 where the number of entries that are 1 is odd, else 0. */
  readonly answers: tf.Tensor;
}

/** How many vectors to make, and of which size. */
export interface ParityOptions {
  readonly count: number;
  readonly size: number;
  /** How many entries are not zero. Default: between 1 and `size`, for each vector anew. */
  readonly entries?: number;
}

/** Random vectors with the parity of their ones: the more entries, the harder to tell. */
export function makeParities(random: RandomStream, { count, size, entries }: ParityOptions): Parities {
  const vectors = new Float32Array(count * size);
  const answers = new Float32Array(count);
  const words = random.bits(count * (size + 1));
  for (let row = 0; row < count; row++) {
    const [word = 0, ...bits] = words.subarray(row * (size + 1), (row + 1) * (size + 1));
    for (const [i, bit] of bits.slice(0, entries ?? 1 + (word % size)).entries()) {
      const isOne = bit % 2 === 1;
      vectors[row * size + i] = isOne ? 1 : -1;
      if (isOne) answers[row] = 1 - (answers[row] as number);
    }
  }
  return { vectors: tf.tensor2d(vectors, [count, size]), answers: tf.tensor2d(answers, [count, 1]) };
}
