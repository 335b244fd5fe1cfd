import * as tf from '@tensorflow/tfjs-core';
import { unary, unaryOfOutput } from '../gradient-config.ts';
import { add, divide, multiply, negative } from '../kernel-calls.ts';
import { slopeThrough } from './slopes.ts';

/** Trigonometric and hyperbolic functions of one argument, and their inverses. */
export const trigonometry: readonly tf.GradConfig[] = [
  unary(tf.Sin, (dy, x) => multiply(dy, tf.cos(x))),
  unary(tf.Cos, (dy, x) => negative(multiply(dy, tf.sin(x)))),
  // tan' = 1 + tan²
  unaryOfOutput(tf.Tan, (dy, y) => add(dy, multiply(dy, multiply(y, y)))),
  unary(tf.Asin, (dy, x) => divide(dy, tf.sqrt(tf.sub(1, multiply(x, x))))),
  unary(tf.Acos, (dy, x) => negative(divide(dy, tf.sqrt(tf.sub(1, multiply(x, x)))))),
  unary(tf.Atan, (dy, x) => divide(dy, tf.add(multiply(x, x), 1))),
  unary(tf.Sinh, (dy, x) => multiply(dy, tf.cosh(x))),
  unary(tf.Cosh, (dy, x) => multiply(dy, tf.sinh(x))),
  unaryOfOutput(tf.Tanh, (dy, y) => slopeThrough('TanhGrad', dy, y)),
  unary(tf.Asinh, (dy, x) => divide(dy, tf.sqrt(tf.add(multiply(x, x), 1)))),
  // The two factors keep their precision near 1, where 1 - x² loses it.
  unary(tf.Acosh, (dy, x) => divide(dy, multiply(tf.sqrt(tf.sub(x, 1)), tf.sqrt(tf.add(x, 1))))),
  unary(tf.Atanh, (dy, x) => divide(dy, multiply(tf.sub(1, x), tf.add(x, 1)))),
];
