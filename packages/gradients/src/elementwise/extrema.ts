import * as tf from '@tensorflow/tfjs-core';
import { sameShape, spreadTo, sumTo } from '../broadcast.ts';
import { fromInputs, fromInputsAndOutput, unary } from '../gradient-config.ts';
import { multiply } from '../kernel-calls.ts';

type Comparison = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** A mask in float32, broadcast; on wasm comparisons that broadcast are ten times slower than the spreading. */
function mask(compare: Comparison, a: tf.Tensor, b: tf.Tensor, shape: number[]): tf.Tensor {
  const spread = (x: tf.Tensor): tf.Tensor => (sameShape(x.shape, shape) ? x : spreadTo(x, shape));
  return compare(spread(a), spread(b));
}

/** The gradients of a choice between two operands: the first takes those elements for which the comparison holds. */
function choice(kernelName: string, isFirst: Comparison, isSecond: Comparison): tf.GradConfig {
  return fromInputs(kernelName, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(multiply(dy, mask(isFirst, a, b, dy.shape)), a.shape),
    b: () => sumTo(multiply(dy, mask(isSecond, a, b, dy.shape)), b.shape),
  }));
}

/** Absolute value, bounds, larger and smaller of two. At a tie the first operand takes the whole gradient. */
export const extrema: readonly tf.GradConfig[] = [
  unary(tf.Abs, (dy, x) => multiply(dy, tf.sign(x))),
  // The bounds themselves still pass the gradient on, as in TensorFlow.
  fromInputsAndOutput(tf.ClipByValue, ['x'], (dy, [x], y) => ({ x: () => multiply(dy, tf.equal(x, y)) })),
  choice(tf.Maximum, tf.greaterEqual, tf.less),
  choice(tf.Minimum, tf.lessEqual, tf.greater),
];
