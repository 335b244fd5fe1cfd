import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from '../broadcast.ts';
import { fromInputs, fromInputsAndOutput, unary } from '../gradient-config.ts';
import { multiply } from '../kernel-calls.ts';

/** Absolute value, bounds, larger and smaller of two. At a tie the first operand takes the whole gradient. */
export const extrema: readonly tf.GradConfig[] = [
  unary(tf.Abs, (dy, x) => multiply(dy, tf.sign(x))),
  // The bounds themselves still pass the gradient on, as in TensorFlow.
  fromInputsAndOutput(tf.ClipByValue, ['x'], (dy, [x], y) => ({ x: () => multiply(dy, tf.equal(x, y)) })),
  fromInputs(tf.Maximum, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(multiply(dy, tf.greaterEqual(a, b)), a.shape),
    b: () => sumTo(multiply(dy, tf.less(a, b)), b.shape),
  })),
  fromInputs(tf.Minimum, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(multiply(dy, tf.lessEqual(a, b)), a.shape),
    b: () => sumTo(multiply(dy, tf.greater(a, b)), b.shape),
  })),
];
