import * as tf from '@tensorflow/tfjs-core';

/** What {@link normalize} normalizes by. All shapes are broadcast to that of the inputs. */
export interface Normalization {
  /** The mean of the inputs. */
  readonly mean: tf.Tensor;
  /** Their variance. */
  readonly variance: tf.Tensor;
  /** The scale, or null for none. */
  readonly gamma: tf.Tensor | null;
  /** The offset, or null for none. */
  readonly beta: tf.Tensor | null;
  /** What is added to the variance. */
  readonly eps: number;
}

/** `(inputs - mean) / sqrt(variance + eps) * gamma + beta`. */
export function normalize(inputs: tf.Tensor, { mean, variance, gamma, beta, eps }: Normalization): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(variance, eps));
  const factor = gamma === null ? inverse : tf.mul(inverse, gamma);
  const scaled = tf.mul(tf.sub(inputs, mean), factor);
  return beta === null ? scaled : tf.add(scaled, beta);
}
