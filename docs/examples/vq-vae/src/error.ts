import * as tf from '@tensorflow/tfjs-core';
import type { VqVaeOutput } from './model.ts';

/** The mean of squared differences: a scalar. */
export function meanSquaredError(reconstructions: tf.Tensor, images: tf.Tensor): tf.Tensor {
  return tf.mean(tf.square(tf.sub(reconstructions, images)));
}

/**
 * What training makes small.
 *
 * @param variance That of the pixels of all images: the error of a decoder that always draws the mean is 1 then.
 */
export function lossOf(output: VqVaeOutput, images: tf.Tensor, variance: number): tf.Tensor {
  return tf.add(tf.div(meanSquaredError(output.reconstructions, images), variance), output.commitmentLoss);
}

/** The mean of squared distances from the mean. */
export function varianceOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
