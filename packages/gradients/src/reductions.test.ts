import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';
import { expectRightGradient } from './testing/gradient-check.ts';
import { reduce } from './testing/nd-array.ts';

type Axis = number | number[] | undefined;
type Reduction = (x: tf.Tensor, axis?: Axis, keepDims?: boolean) => tf.Tensor;

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const product = (values: number[]): number => values.reduce((a, b) => a * b, 1);
const reductions: readonly (readonly [string, Reduction, (values: number[]) => number])[] = [
  ['sum', tf.sum, sum],
  ['mean', tf.mean, (values) => sum(values) / values.length],
  ['max', tf.max, (values) => Math.max(...values)],
  ['min', tf.min, (values) => Math.min(...values)],
  ['prod', tf.prod, product],
  ['logSumExp', tf.logSumExp, (values) => Math.log(sum(values.map(Math.exp)))],
];

const cases: readonly (readonly [shape: number[], axis: Axis, keepDims: boolean])[] = [
  [[], undefined, false],
  [[5], undefined, false],
  [[5], 0, true],
  [[2, 3], 0, false],
  [[2, 3], 1, false],
  [[2, 3], -1, true],
  [[2, 3], undefined, false],
  [[2, 3], [], false],
  [[2, 1, 3], 1, false],
  [[2, 3, 2], [0, 2], false],
  [[2, 3, 2], [-1, 0], true],
  [[2, 2, 3, 2], [1, -1], false],
  [[2, 1, 2, 3, 2], [1, 3], true],
];

onEachBackend(() => {
  describe.each(reductions)('the gradient of %s', (name, op, fn) => {
    // An empty list of axes reduces nothing, which only some of the ops allow.
    const allowed = cases.filter(([, axis]) => !(Array.isArray(axis) && axis.length === 0) || name === 'sum');
    it.each(allowed)('is right for shape %j, axis %j, keepDims %s', (shape, axis, keepDims) => {
      expectRightGradient({
        op: (x) => op(x, axis, keepDims),
        reference: (x) => reduce(x, axis, keepDims, fn),
        inputs: [shape],
      });
    });
  });

  it.each([
    ['max', tf.max],
    ['min', tf.min],
  ] as const)('the gradient of %s is shared evenly at a tie', (_, op) => {
    const gradient = tf.grad((x) => op(x, 1))(
      tf.tensor2d([
        [1, 1, 1],
        [2, 2, 2],
      ]),
      tf.tensor1d([3, 6]),
    );
    expect([...gradient.dataSync()]).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it('the gradient of an empty sum is empty', () => {
    const gradient = tf.grad((x) => tf.sum(x, 0))(tf.ones([0, 3]));
    expect(gradient.shape).toEqual([0, 3]);
  });

  it('moments are differentiable', () => {
    expectRightGradient({
      op: (x) => tf.moments(x, 0).variance,
      reference: (x) =>
        reduce(x, 0, false, (values) => {
          const mean = sum(values) / values.length;
          return sum(values.map((value) => (value - mean) ** 2)) / values.length;
        }),
      inputs: [[4, 3]],
    });
  });
});
