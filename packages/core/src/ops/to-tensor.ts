import * as tf from '@tensorflow/tfjs-core';

/**
 * The tensor itself, or a tensor of a number, a boolean or a (nested or typed) array.
 *
 * @throws TypeError when the value cannot become a tensor of numbers.
 */
export function toTensor(value: tf.Tensor | tf.TensorLike, functionName: string, argument: string): tf.Tensor {
  if (value instanceof tf.Tensor) return value;
  const numeric = typeof value === 'number' || typeof value === 'boolean' || ArrayBuffer.isView(value);
  if (!numeric && !Array.isArray(value)) {
    throw new TypeError(`${functionName}: ${argument} must be a tensor, a number or an array; got ${String(value)}.`);
  }
  return tf.tensor(value);
}
