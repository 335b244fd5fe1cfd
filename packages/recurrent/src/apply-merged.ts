import * as tf from '@tensorflow/tfjs-core';

/** Applies a layer that takes [batch, …] to [a, b, …] with these two dimensions merged: to all steps or rows at once. */
export function applyMerged(layer: (inputs: tf.Tensor) => tf.Tensor, values: tf.Tensor): tf.Tensor {
  const [a = 0, b = 0, ...rest] = values.shape;
  const outputs = layer(tf.reshape(values, [a * b, ...rest]));
  return tf.reshape(outputs, [a, b, ...outputs.shape.slice(1)]);
}
