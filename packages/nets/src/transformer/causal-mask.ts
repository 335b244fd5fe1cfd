import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Added to the logit of what must not be seen. */
const HIDDEN = -1e6;

/**
 * What is added to the logits of attention within a chunk, so that no element attends to a later one: 0 where element i
 * may attend to element j, -1e6 where j > i.
 *
 * @param chunkSize The number of elements, N.
 * @param dtype `float32` (the default) or `int32`.
 * @returns [1, 1, N, N], to be added to logits [batch, heads, N, N].
 * @throws TypeError when the dtype cannot hold the numbers.
 * @throws ValueError when `chunkSize` is not a positive integer.
 *
 * Sonnet: `snt.nets.future_mask`.
 *
 * @example
 * ```ts
 * import { futureMask } from '@sonnetjs/nets';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const hidden = [...futureMask(2).dataSync()].map((logit) => logit < 0);
 * assert.deepEqual(hidden, [false, true, false, false]);
 * ```
 */
export function futureMask(chunkSize: number, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  if (!(Number.isSafeInteger(chunkSize) && chunkSize > 0)) {
    throw new ValueError(`futureMask: chunkSize must be a positive integer; got ${String(chunkSize)}.`);
  }
  if (dtype !== 'float32' && dtype !== 'int32') {
    throw new TypeError(`futureMask: dtype must be float32 or int32; got ${String(dtype)}.`);
  }
  return tf.tidy(() => tf.cast(causalMask(chunkSize, 0, false), dtype));
}

/**
 * The mask of a chunk of inputs with a memory before it: every element may look at the whole memory, at itself and at
 * what is before it.
 *
 * @param chunkSize The number of inputs, N.
 * @param memorySize The number of elements in the memory, M.
 * @param sameLength Whether an element looks at no more than itself and the M elements before it.
 * @returns [1, 1, N, M + N]. It is computed anew: kept ones would add up where the sizes change from call to call.
 */
export function causalMask(chunkSize: number, memorySize: number, sameLength: boolean): tf.Tensor {
  const rows = tf.range(0, chunkSize);
  const columns = tf.range(-memorySize, chunkSize);
  const ahead = tf.sub(tf.reshape(columns, [1, -1]), tf.reshape(rows, [-1, 1]));
  let hidden: tf.Tensor = tf.clipByValue(ahead, 0, 1);
  if (sameLength) hidden = tf.add(hidden, tf.clipByValue(tf.sub(-memorySize, ahead), 0, 1));
  return tf.reshape(tf.mul(hidden, HIDDEN), [1, 1, chunkSize, memorySize + chunkSize]);
}
