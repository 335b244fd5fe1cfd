import * as tf from '@tensorflow/tfjs-core';
import { fromInputsAndOutput, unary, unaryOfOutput } from '../gradient-config.ts';
import { add, divide, multiply, negative } from '../kernel-calls.ts';

/** Powers, roots, exponentials, logarithms and the error function of one argument. */
export const powersAndLogarithms: readonly tf.GradConfig[] = [
  unary(tf.Square, (dy, x) => multiply(dy, add(x, x))),
  unaryOfOutput(tf.Sqrt, (dy, y) => divide(dy, add(y, y))),
  // d x^(-1/2) = -y / (2x), written without y³, which overflows earlier.
  fromInputsAndOutput(tf.Rsqrt, ['x'], (dy, [x], y) => ({
    x: () => divide(multiply(dy, y), negative(add(x, x))),
  })),
  unaryOfOutput(tf.Reciprocal, (dy, y) => negative(multiply(dy, multiply(y, y)))),
  unaryOfOutput(tf.Exp, (dy, y) => multiply(dy, y)),
  unary(tf.Expm1, (dy, x) => multiply(dy, tf.exp(x))),
  unary(tf.Log, (dy, x) => divide(dy, x)),
  unary(tf.Log1p, (dy, x) => divide(dy, tf.add(x, 1))),
  unary(tf.Erf, (dy, x) => multiply(multiply(dy, tf.exp(negative(multiply(x, x)))), tf.scalar(2 / Math.sqrt(Math.PI)))),
];
