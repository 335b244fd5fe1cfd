import * as tf from '@tensorflow/tfjs-core';
import { reshape, runKernel } from './kernel-calls.ts';

/** The permutation that undoes `order`. */
export function inversePermutation(order: readonly number[]): number[] {
  const inverse: number[] = [];
  order.forEach((axis, position) => {
    inverse[axis] = position;
  });
  return inverse;
}

/** `x` with its axes in another order; `x` itself where the order is the same. */
export function permuted(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  return order.every((axis, position) => axis === position) ? x : runKernel(tf.Transpose, { x }, { perm: order });
}

/** `x` with `before[axis]` elements of `value` before it and `after[axis]` after it on each axis. */
export function padded(
  x: tf.Tensor,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): tf.Tensor {
  const paddings = before.map((count, axis) => [count, after[axis] as number]);
  return runKernel(tf.PadV2, { x }, { paddings, constantValue: value });
}

/** The part of `x` that starts at `begin` and has the given shape. */
export function sliced(x: tf.Tensor, begin: readonly number[], size: readonly number[]): tf.Tensor {
  return runKernel(tf.Slice, { x }, { begin, size });
}

/**
 * Lays a window over `x`: the result's position 0 is position `begin[axis]` of `x`, and it has the given shape. Where the
 * window reaches over an edge (a negative begin, a larger shape) it holds `value`.
 *
 * @returns `x` itself when the window is all of it.
 */
export function windowOf(x: tf.Tensor, begin: readonly number[], shape: readonly number[], value = 0): tf.Tensor {
  const first = begin.map((start) => Math.max(start, 0));
  const sizes = shape.map(
    (size, axis) => Math.min((x.shape[axis] as number) - (first[axis] as number), size + Math.min(begin[axis] as number, 0)),
  );
  const cropped = tf.util.arraysEqual(sizes, x.shape) ? x : sliced(x, first, sizes);
  if (tf.util.arraysEqual(sizes, [...shape])) return cropped;
  const before = begin.map((start) => Math.max(-start, 0));
  const after = shape.map((size, axis) => size - (sizes[axis] as number) - (before[axis] as number));
  return padded(cropped, before, after, value);
}

/** The sizes before, at and after an axis, to work on one axis of any tensor as the middle of three. */
function aroundAxis(shape: readonly number[], axis: number): [before: number, size: number, after: number] {
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  return [product(shape.slice(0, axis)), shape[axis] as number, product(shape.slice(axis + 1))];
}

/** `x` with `stride - 1` zeros after every element of an axis. */
export function spreadOut(x: tf.Tensor, axis: number, stride: number): tf.Tensor {
  if (stride === 1) return x;
  const [before, size, after] = aroundAxis(x.shape, axis);
  const apart = padded(reshape(x, [before, size, 1, after]), [0, 0, 0, 0], [0, 0, stride - 1, 0]);
  return reshape(apart, x.shape.with(axis, size * stride));
}

/** Every `stride`-th element of an axis, from the first; the axis's size is a multiple of `stride`. */
export function everyNth(x: tf.Tensor, axis: number, stride: number): tf.Tensor {
  if (stride === 1) return x;
  const [before, size, after] = aroundAxis(x.shape, axis);
  const count = size / stride;
  const firsts = sliced(reshape(x, [before, count, stride * after]), [0, 0, 0], [before, count, after]);
  return reshape(firsts, x.shape.with(axis, count));
}
