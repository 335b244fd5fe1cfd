import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from './broadcast.ts';
import { fromInputs } from './gradient-config.ts';
import { copy, divide, multiply, negative, reshape, subtract } from './kernel-calls.ts';

/**
 * The gradients of `(x - mean) / sqrt(variance + ε) · scale + offset`.
 *
 * @param x [batch, height, width, channels]; the four parameters have one shape, `[channels]` or one that broadcasts.
 */
function batchNormGradients(
  dy: tf.Tensor,
  [x, mean, variance, scale]: [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
  epsilon: number,
) {
  // Training needs both sums twice: for offset and mean, and for scale and variance.
  const sum = sumTo(dy, mean.shape);
  const centredSum = tf.tidy(() => sumTo(multiply(dy, subtract(x, mean)), mean.shape));
  const inverseDeviation = (): tf.Tensor => tf.rsqrt(tf.add(variance, epsilon));
  const slope = (): tf.Tensor => multiply(scale, inverseDeviation());
  return {
    x: () => multiply(dy, slope()),
    mean: () => negative(multiply(sum, slope())),
    variance: () => tf.mul(divide(multiply(centredSum, slope()), tf.add(variance, epsilon)), -0.5),
    scale: () => multiply(centredSum, inverseDeviation()),
    offset: () => copy(sum),
  };
}

/** 1 where two channels are at most `radius` apart, [channels, channels]. */
function neighbours(channels: number, radius: number): tf.Tensor {
  return tf.tidy(() => {
    const index = tf.range(0, channels, 1, 'int32');
    const distance = tf.abs(tf.sub(reshape(index, [channels, 1]), index));
    return tf.cast(tf.lessEqual(distance, radius), 'float32');
  });
}

/**
 * The gradient of `x · n^-β` with `n = bias + α · (sum of x² over the neighbouring channels)`:
 * `dy · n^-β - 2αβ · x · (sum over the neighbours of dy · x · n^(-β-1))`. The sums are products with a band matrix.
 */
function localResponseGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  { depthRadius, bias, alpha, beta }: tf.LRNAttrs,
): tf.Tensor {
  const channels = x.shape[x.rank - 1] as number;
  const band = neighbours(channels, depthRadius);
  const sumNeighbours = (t: tf.Tensor): tf.Tensor =>
    reshape(tf.matMul(reshape(t, [t.size / channels, channels]) as tf.Tensor2D, band as tf.Tensor2D), x.shape);
  const norm = tf.add(tf.mul(sumNeighbours(multiply(x, x)), alpha), bias);
  const scaled = multiply(dy, tf.pow(norm, -beta));
  const spread = sumNeighbours(divide(multiply(scaled, x), norm));
  return subtract(scaled, multiply(tf.mul(x, 2 * alpha * beta), spread));
}

/** Batch normalization and local response normalization. */
export const normalization: readonly tf.GradConfig[] = [
  fromInputs(
    tf.FusedBatchNorm,
    ['x', 'mean', 'variance', 'scale'],
    (dy, saved, { varianceEpsilon }: tf.FusedBatchNormAttrs) => batchNormGradients(dy, saved, varianceEpsilon),
  ),
  fromInputs(tf.LRN, ['x'], (dy, [x], attrs: tf.LRNAttrs) => ({ x: () => localResponseGradient(dy, x, attrs) })),
];
