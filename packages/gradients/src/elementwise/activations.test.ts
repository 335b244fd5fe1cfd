import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { elementwise, fromIndex, type NdArray } from '../testing/nd-array.ts';

const { SELU_SCALE: scale, SELU_SCALEALPHA: scaleAlpha } = tf.backend_util;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

type Unary = readonly [name: string, op: (x: tf.Tensor) => tf.Tensor, fn: (x: number) => number];

const functions: readonly Unary[] = [
  ['relu', tf.relu, (x) => Math.max(x, 0)],
  ['relu6', tf.relu6, (x) => Math.min(Math.max(x, 0), 6)],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), (x) => (x > 0 ? x : 0.3 * x)],
  ['elu', tf.elu, (x) => (x > 0 ? x : Math.expm1(x))],
  ['selu', tf.selu, (x) => (x > 0 ? scale * x : scaleAlpha * Math.expm1(x))],
  ['sigmoid', tf.sigmoid, sigmoid],
  ['logSigmoid', tf.logSigmoid, (x) => -Math.log1p(Math.exp(-x))],
  ['softplus', tf.softplus, (x) => Math.log1p(Math.exp(x))],
];

/** A function of the elements of the last axis. */
function alongLast(x: NdArray, fn: (row: number[], i: number) => number): NdArray {
  const length = x.shape.at(-1) as number;
  return fromIndex(x.shape, (...index) => {
    const row = index.slice(0, -1).reduce((offset, i, axis) => offset * (x.shape[axis] as number) + i, 0);
    return fn([...x.data.slice(row * length, (row + 1) * length)], index.at(-1) as number);
  });
}

const logSumExp = (row: number[]): number => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));

onEachBackend((backendName) => {
  describe.each(functions)('the gradient of %s', (_, op, fn) => {
    it.each([[[]], [[7]], [[2, 3, 2]]])('is right for shape %j', (shape: number[]) => {
      expectRightGradient({ op, reference: elementwise(fn), inputs: [{ shape, range: [-4, 8] }] });
    });
  });

  it.each([
    ['relu', tf.relu, [0, 0, 1]],
    ['relu6', tf.relu6, [0, 0, 1]],
    ['leakyRelu', (x: tf.Tensor) => tf.leakyRelu(x, 0.25), [0.25, 0.25, 1]],
    ['elu', tf.elu, [Math.exp(-1), 1, 1]],
  ] as const)('the gradient of %s at 0 is the one from the left', (_, op, expected) => {
    const gradient = tf.tidy(() =>
      tf
        .grad(op)(tf.tensor1d([-1, 0, 1]))
        .dataSync(),
    );
    expected.forEach((value, i) => {
      expect(gradient[i]).toBeCloseTo(value, 6);
    });
  });

  it('the gradient of relu6 is 0 at its upper bound', () => {
    expect([
      ...tf.tidy(() =>
        tf
          .grad(tf.relu6)(tf.tensor1d([5, 6, 7]))
          .dataSync(),
      ),
    ]).toEqual([1, 0, 0]);
  });

  // The wasm kernel of prelu knows no broadcast but that of the last axis.
  const alphas = backendName === 'cpu' ? [[2, 3], [3], [1, 1], []] : [[2, 3], [3]];
  it.each(alphas.map((shape) => [shape]))('the gradients of prelu are right for an alpha of shape %j', (alpha) => {
    expectRightGradient({
      op: (x, a) => tf.prelu(x, a),
      reference: elementwise((x, a) => (x > 0 ? x : x * (a as number))),
      inputs: [[2, 3], { shape: alpha, range: [0.1, 0.9] }],
    });
  });

  it.each([[[4]], [[2, 3]], [[2, 1, 3]]])('the gradient of softmax is right for shape %j', (shape: number[]) => {
    expectRightGradient({
      op: (x) => tf.softmax(x),
      reference: (x) => alongLast(x, (row, i) => Math.exp((row[i] as number) - logSumExp(row))),
      inputs: [shape],
    });
  });

  it('the gradient of softmax sums to 0 where it is saturated', () => {
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.softmax(x))(tf.tensor2d([[100, 0, -100]]), tf.tensor2d([[1, 2, 3]]))
        .dataSync(),
    );
    for (const value of gradient) expect(value).toBeCloseTo(0, 30);
  });

  it('softmax cross entropy, a custom gradient of tfjs, works on these gradients', () => {
    const labels = tf.tensor2d([
      [0, 1, 0],
      [0.2, 0.3, 0.5],
    ]);
    expectRightGradient({
      op: (x: tf.Tensor2D) => tf.losses.softmaxCrossEntropy(labels, x, undefined, 0, tf.Reduction.NONE),
      reference: (x) => {
        const losses = [0, 1].map((row) => {
          const logits = [...x.data.slice(3 * row, 3 * row + 3)];
          const weights = [...labels.dataSync().slice(3 * row, 3 * row + 3)];
          return weights.reduce((sum, weight, i) => sum + weight * (logSumExp(logits) - (logits[i] as number)), 0);
        });
        return { shape: [2], data: Float64Array.from(losses) };
      },
      inputs: [[2, 3]],
      secondOrder: false,
    });
  });
});
