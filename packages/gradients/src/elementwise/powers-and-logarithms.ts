import * as tf from '@tensorflow/tfjs-core';
import { unary, unaryOfOutput } from '../gradient-config.ts';
import { add, divide, multiply, negative } from '../kernel-calls.ts';

/** Powers, roots, exponentials, logarithms and the error function of one argument. */
export const powersAndLogarithms: readonly tf.GradConfig[] = [
  unary(tf.Square, (dy, x) => multiply(dy, add(x, x))),
  unaryOfOutput(tf.Sqrt, (dy, y) => divide(dy, add(y, y))),
  unaryOfOutput(tf.Rsqrt, (dy, y) => tf.mul(multiply(multiply(dy, y), multiply(y, y)), -0.5)),
  unaryOfOutput(tf.Reciprocal, (dy, y) => negative(multiply(dy, multiply(y, y)))),
  unaryOfOutput(tf.Exp, (dy, y) => multiply(dy, y)),
  unary(tf.Expm1, (dy, x) => multiply(dy, tf.exp(x))),
  unary(tf.Log, (dy, x) => divide(dy, x)),
  unary(tf.Log1p, (dy, x) => divide(dy, tf.add(x, 1))),
  unary(tf.Erf, (dy, x) => multiply(multiply(dy, tf.exp(negative(multiply(x, x)))), tf.scalar(2 / Math.sqrt(Math.PI)))),
];
