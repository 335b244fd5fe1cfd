import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { elementwise } from '../testing/nd-array.ts';

type Unary = readonly [
  name: string,
  op: (x: tf.Tensor) => tf.Tensor,
  fn: (x: number) => number,
  low: number,
  high: number,
];

const functions: readonly Unary[] = [
  ['sin', tf.sin, Math.sin, -4, 4],
  ['cos', tf.cos, Math.cos, -4, 4],
  ['tan', tf.tan, Math.tan, -1.2, 1.2],
  ['asin', tf.asin, Math.asin, -0.8, 0.8],
  ['acos', tf.acos, Math.acos, -0.8, 0.8],
  ['atan', tf.atan, Math.atan, -3, 3],
  ['sinh', tf.sinh, Math.sinh, -3, 3],
  ['cosh', tf.cosh, Math.cosh, -3, 3],
  ['tanh', tf.tanh, Math.tanh, -3, 3],
  ['asinh', tf.asinh, Math.asinh, -3, 3],
  ['acosh', tf.acosh, Math.acosh, 1.2, 4],
  ['atanh', tf.atanh, Math.atanh, -0.8, 0.8],
];

onEachBackend(() => {
  describe.each(functions)('the gradient of %s', (_, op, fn, ...range) => {
    it.each([[[]], [[5]], [[2, 3]]])('is right for shape %j', (shape: number[]) => {
      expectRightGradient({ op, reference: elementwise(fn), inputs: [{ shape, range }] });
    });
  });
});
