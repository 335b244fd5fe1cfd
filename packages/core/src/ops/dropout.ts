import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { nextRandomStream } from '../random/scope-stream.ts';

/**
 * Sets elements to zero at random and scales the others up, so that every expected value stays what it was.
 *
 * The elements are chosen by the graph's seeded generator: the same program drops the same ones at every run.
 *
 * @param x A float32 tensor of any shape.
 * @param keepProb The probability that an element is kept: above 0, at most 1.
 * @returns A new tensor of the same shape; `x` itself when `keepProb` is 1.
 * @throws ValueError when `keepProb` is not above 0 and at most 1, or `x` is not float32.
 *
 * Sonnet: `tf.nn.dropout`. Srivastava et al., "Dropout" (2014).
 *
 * @example
 * ```ts
 * import { dropout, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph({ seed: 1 });
 * const values = new Set(dropout(tf.ones([100]), 0.5).dataSync());
 * assert.deepEqual([...values].sort(), [0, 2]);
 * ```
 */
export function dropout(x: tf.Tensor, keepProb: number): tf.Tensor {
  if (!(keepProb > 0 && keepProb <= 1)) {
    throw new ValueError(`dropout: keepProb must be above 0 and at most 1; got ${keepProb}.`);
  }
  if (x.dtype !== 'float32') throw new ValueError(`dropout: x must be float32; got ${x.dtype}.`);
  if (keepProb === 1) return x;
  const stream = nextRandomStream();
  return tf.tidy(() => tf.mul(x, tf.div(stream.bernoulli(x.shape, keepProb), keepProb)));
}
