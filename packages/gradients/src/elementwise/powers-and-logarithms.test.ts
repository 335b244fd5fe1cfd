import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { elementwise } from '../testing/nd-array.ts';

/** The error function, by its series. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

type Unary = readonly [
  name: string,
  op: (x: tf.Tensor) => tf.Tensor,
  fn: (x: number) => number,
  low: number,
  high: number,
];

const functions: readonly Unary[] = [
  ['square', tf.square, (x) => x * x, -3, 3],
  ['sqrt', tf.sqrt, Math.sqrt, 0.3, 4],
  ['rsqrt', tf.rsqrt, (x) => 1 / Math.sqrt(x), 0.3, 4],
  ['reciprocal', tf.reciprocal, (x) => 1 / x, 0.4, 3],
  ['exp', tf.exp, Math.exp, -3, 2],
  ['expm1', tf.expm1, Math.expm1, -3, 2],
  ['log', tf.log, Math.log, 0.3, 4],
  ['log1p', tf.log1p, Math.log1p, -0.6, 3],
  ['erf', tf.erf, erf, -1.5, 1.5],
];

onEachBackend(() => {
  describe.each(functions)('the gradient of %s', (_, op, fn, ...range) => {
    it.each([[[]], [[5]], [[2, 1, 3]], [[0]], [[2, 0]]])('is right for shape %j', (shape: number[]) => {
      expectRightGradient({
        op,
        reference: elementwise(fn),
        inputs: [{ shape, range }],
        secondOrder: shape.at(-1) !== 0,
      });
    });
  });

  it('exists three times over, where each gradient is saved for the next', () => {
    const third = tf.grad(tf.grad(tf.grad((x) => tf.exp(tf.mul(x, 2)))));
    expect(tf.tidy(() => third(tf.scalar(0.5)).dataSync()[0])).toBeCloseTo(8 * Math.E, 4);
  });
});
