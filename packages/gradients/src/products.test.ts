import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';
import { expectRightGradient } from './testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from './testing/nd-array.ts';

/** A running sum or product. */
function running(
  x: NdArray,
  axis: number,
  exclusive: boolean,
  reverse: boolean,
  initial: number,
  fn: typeof add,
): NdArray {
  const length = x.shape[axis] as number;
  return fromIndex(x.shape, (...index) => {
    const end = index[axis] as number;
    const positions = Array.from({ length }, (_, i) => i).filter((i) => {
      const distance = reverse ? i - end : end - i;
      return exclusive ? distance > 0 : distance >= 0;
    });
    return positions.map((i) => at(x, ...index.with(axis, i))).reduce(fn, initial);
  });
}

const add = (a: number, b: number): number => a + b;
const multiply = (a: number, b: number): number => a * b;

// Negative axes are left out: the forward kernels of tfjs 4.22 are wrong there, and the one of wasm destroys its memory.
const cases: readonly (readonly [shape: number[], axis: number])[] = [
  [[1], 0],
  [[5], 0],
  [[2, 4], 1],
  [[4, 2], 0],
  [[2, 3, 2], 1],
  [[2, 2, 3, 2], 1],
];

onEachBackend(() => {
  describe.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('exclusive %s, reverse %s', (exclusive, reverse) => {
    it.each(cases)('the gradient of cumsum is right for shape %j, axis %j', (shape, axis) => {
      expectRightGradient({
        op: (x) => tf.cumsum(x, axis, exclusive, reverse),
        reference: (x) => running(x, axis, exclusive, reverse, 0, add),
        inputs: [shape],
      });
    });

    it.each(cases)('the gradient of cumprod is right for shape %j, axis %j', (shape, axis) => {
      expectRightGradient({
        op: (x) => tf.cumprod(x, axis, exclusive, reverse),
        reference: (x) => running(x, axis, exclusive, reverse, 1, multiply),
        inputs: [shape],
        // An exclusive product of one element does not depend on it.
        secondOrder: !(exclusive && shape[0] === 1),
      });
    });

    it('the gradient of cumprod is right with zeros among the factors', () => {
      expectRightGradient({
        op: (x) => tf.cumprod(x, 0, exclusive, reverse),
        reference: (x) => running(x, 0, exclusive, reverse, 1, multiply),
        inputs: [{ shape: [7], values: [2, 0, -3, 0.5, 0, 1.5, -1] }],
      });
    });
  });

  it.each([[[2, 3, 4]], [[0, 3, 4]], [[0, 3, 0]]])('the gradient of prod is right for the factors %j', (values) => {
    const [a, b, c] = values as [number, number, number];
    expect([
      ...tf
        .grad((x) => tf.prod(x))(tf.tensor1d(values))
        .dataSync(),
    ]).toEqual([b * c, a * c, a * b]);
  });

  it.each([
    [[0, 3], 0],
    [[2, 0], 1],
  ] as const)('the gradients of products of the empty shape %j are empty', (shape, axis) => {
    expect(tf.grad((x) => tf.prod(x, axis))(tf.ones([...shape])).shape).toEqual(shape);
    expect(tf.grad((x) => tf.cumprod(x, axis))(tf.ones([...shape])).shape).toEqual(shape);
  });
});
