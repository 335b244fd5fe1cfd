import * as tf from '@tensorflow/tfjs-core';
import { passTo, sumTo } from '../broadcast.ts';
import { fromInputList, fromInputs } from '../gradient-config.ts';
import { add, copy, divide, float, multiply, negative, step, subtract } from '../kernel-calls.ts';

/** `a` raised to `b - 1` times `b`, which is 0 where `b` is 0, also at `a` = 0. */
function powerSlope(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  // The exponent 0 instead of -1 where b is 0: the product is 0 either way, but never 0 · ∞.
  const exponent = subtract(b, float(tf.notEqual(b, 0)));
  return multiply(b, tf.pow(float(a), exponent));
}

/** The logarithm of `a` where it is positive, and 0 elsewhere. */
function logarithmOrZero(a: tf.Tensor): tf.Tensor {
  const positive = step(a);
  return multiply(positive, tf.log(add(multiply(a, positive), tf.sub(1, positive))));
}

/** Arithmetic of two operands that broadcast. Each gradient is summed to its operand's shape. */
export const arithmetic: readonly tf.GradConfig[] = [
  fromInputs(tf.Add, ['a', 'b'], (dy, [a, b]) => ({
    a: () => passTo(dy, a.shape),
    b: () => passTo(dy, b.shape),
  })),
  fromInputList(tf.AddN, (dy, terms) => terms.map(() => () => copy(dy))),
  fromInputs(tf.Sub, ['a', 'b'], (dy, [a, b]) => ({
    a: () => passTo(dy, a.shape),
    b: () => negative(sumTo(dy, b.shape)),
  })),
  fromInputs(tf.Neg, [], (dy) => ({ x: () => negative(dy) })),
  fromInputs(tf.Multiply, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(multiply(dy, b), a.shape),
    b: () => sumTo(multiply(dy, a), b.shape),
  })),
  fromInputs(tf.RealDiv, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(divide(dy, b), a.shape),
    // Divided after the sum: a scalar or a row as divisor then costs next to nothing.
    b: () => negative(divide(sumTo(multiply(dy, a), b.shape), multiply(b, b))),
  })),
  fromInputs(tf.SquaredDifference, ['a', 'b'], (dy, [a, b]) => {
    const slope = (): tf.Tensor => {
      const difference = subtract(a, b);
      return multiply(dy, add(difference, difference));
    };
    return { a: () => sumTo(slope(), a.shape), b: () => negative(sumTo(slope(), b.shape)) };
  }),
  fromInputs(tf.Mod, ['a', 'b'], (dy, [a, b]) => ({
    a: () => passTo(dy, a.shape),
    b: () => negative(sumTo(multiply(dy, tf.floor(divide(a, b))), b.shape)),
  })),
  fromInputs(tf.Pow, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(multiply(dy, powerSlope(a, b)), a.shape),
    b: () => sumTo(multiply(multiply(dy, tf.pow(float(a), float(b))), logarithmOrZero(a)), b.shape),
  })),
  fromInputs(tf.Atan2, ['a', 'b'], (dy, [a, b]) => {
    const scaled = (): tf.Tensor => divide(dy, add(multiply(a, a), multiply(b, b)));
    return {
      a: () => sumTo(multiply(scaled(), b), a.shape),
      b: () => negative(sumTo(multiply(scaled(), a), b.shape)),
    };
  }),
];
