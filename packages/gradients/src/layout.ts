import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from './broadcast.ts';
import { copy, reshape, runKernel } from './kernel-calls.ts';

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
export function padded(x: tf.Tensor, before: readonly number[], after: readonly number[], value = 0): tf.Tensor {
  const paddings = before.map((count, axis) => [count, after[axis] as number]);
  return runKernel(tf.PadV2, { x }, { paddings, constantValue: value });
}

/** The sizes before, at and after an axis. */
function aroundAxis(shape: readonly number[], axis: number): [before: number, size: number, after: number] {
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  return [product(shape.slice(0, axis)), shape[axis] as number, product(shape.slice(axis + 1))];
}

/** The positions of one axis from `begin` on. As the columns of a matrix they are few and long pieces of memory. */
function slicedAxis(x: tf.Tensor, axis: number, begin: number, count: number): tf.Tensor {
  const [rows, size, after] = aroundAxis(x.shape, axis);
  const matrix = reshape(x, [rows, size * after]);
  const columns = runKernel(tf.Slice, { x: matrix }, { begin: [0, begin * after], size: [rows, count * after] });
  return reshape(columns, x.shape.with(axis, count));
}

/** The part of `x` that starts at `begin` and has the given shape, always as a new tensor. */
export function sliced(x: tf.Tensor, begin: readonly number[], shape: readonly number[]): tf.Tensor {
  if (x.rank <= 2) return runKernel(tf.Slice, { x }, { begin, size: shape });
  const part = shape.reduce(
    (rest, count, axis) => (count === x.shape[axis] ? rest : slicedAxis(rest, axis, begin[axis] as number, count)),
    x,
  );
  return part === x ? copy(x) : part;
}

/**
 * Lays a window over `x`: the result's position 0 is position `begin[axis]` of `x`, and it has the given shape. Where the
 * window reaches over an edge (a negative begin, a larger shape) it holds `value`.
 *
 * @returns `x` itself when the window is all of it.
 */
export function windowOf(x: tf.Tensor, begin: readonly number[], shape: readonly number[], value = 0): tf.Tensor {
  const first = begin.map((start) => Math.max(start, 0));
  const sizes = shape.map((size, axis) =>
    Math.min((x.shape[axis] as number) - (first[axis] as number), size + Math.min(begin[axis] as number, 0)),
  );
  const cropped = sameShape(sizes, x.shape) ? x : sliced(x, first, sizes);
  if (sameShape(sizes, shape)) return cropped;
  const before = begin.map((start) => Math.max(-start, 0));
  const after = shape.map((size, axis) => size - (sizes[axis] as number) - (before[axis] as number));
  return padded(cropped, before, after, value);
}

/** `x` with `stride - 1` zeros after every element of an axis. */
export function spreadOut(x: tf.Tensor, axis: number, stride: number): tf.Tensor {
  if (stride === 1) return x;
  const [before, size, after] = aroundAxis(x.shape, axis);
  const apart = padded(reshape(x, [before, size, 1, after]), [0, 0, 0, 0], [0, 0, stride - 1, 0]);
  return reshape(apart, x.shape.with(axis, size * stride));
}

/** `count` elements of an axis, every `stride`-th from `start` on; the axis's size is a multiple of `stride`. */
export function everyNth(x: tf.Tensor, axis: number, start: number, count: number, stride: number): tf.Tensor {
  const [before, size, after] = aroundAxis(x.shape, axis);
  if (stride === 1) return count === size ? x : slicedAxis(x, axis, start, count);
  const groups = reshape(x, [before, size / stride, stride * after]);
  const begin = [0, Math.floor(start / stride), (start % stride) * after];
  const chosen = runKernel(tf.Slice, { x: groups }, { begin, size: [before, count, after] });
  return reshape(chosen, x.shape.with(axis, count));
}
