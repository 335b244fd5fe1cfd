import * as tf from '@tensorflow/tfjs-core';
import { passTo } from '../broadcast.ts';
import { fromInputs } from '../gradient-config.ts';
import { copy, reshape, runKernel, sumOver, zeros } from '../kernel-calls.ts';
import { inversePermutation, padded, sliced } from '../layout.ts';

/** Sums the copies that a tile made, one axis at a time: no step has more than four axes. */
function sumOfTiles(dy: tf.Tensor, reps: readonly number[]): tf.Tensor {
  const shape = [...dy.shape];
  let sum = dy;
  reps.forEach((count, axis) => {
    if (count === 1) return;
    const size = (shape[axis] as number) / count;
    const before = tf.util.sizeFromShape(shape.slice(0, axis));
    sum = sumOver(reshape(sum, [before, count, sum.size / (before * count)]), 1);
    shape[axis] = size;
  });
  return sum === dy ? copy(dy) : reshape(sum, shape);
}

/** The diagonal of a square matrix: with one more column, the diagonal becomes the first column of the rows. */
function diagonal(matrix: tf.Tensor, size: number): tf.Tensor {
  const flat = padded(reshape(matrix, [size * size]), [0], [size]);
  return sliced(reshape(flat, [size, size + 1]), [0, 0], [size, 1]);
}

/** Kernels that only rename, reorder, repeat or convert elements. */
export const reshaping: readonly tf.GradConfig[] = [
  fromInputs(tf.Identity, [], (dy) => ({ x: () => copy(dy) })),
  fromInputs(tf.Cast, [], (dy, _, { dtype }: tf.CastAttrs) => ({
    // To an integer or a boolean it is a step function.
    x: () => (dtype === 'float32' ? copy(dy) : zeros(dy.shape)),
  })),
  fromInputs(tf.Reshape, ['x'], (dy, [x]) => ({ x: () => reshape(dy, x.shape) })),
  fromInputs(tf.ExpandDims, ['input'], (dy, [input]) => ({ input: () => reshape(dy, input.shape) })),
  fromInputs(tf.Transpose, [], (dy, _, { perm }: tf.TransposeAttrs) => ({
    x: () => runKernel(tf.Transpose, { x: dy }, { perm: inversePermutation(perm) }),
  })),
  fromInputs(tf.Reverse, [], (dy, _, { dims }: tf.ReverseAttrs) => ({
    x: () => runKernel(tf.Reverse, { x: dy }, { dims }),
  })),
  fromInputs(tf.FlipLeftRight, [], (dy) => ({ image: () => runKernel(tf.FlipLeftRight, { image: dy }) })),
  fromInputs(tf.Tile, ['x'], (dy, [x], { reps }: tf.TileAttrs) => ({
    x: () => (dy.size === 0 ? zeros(x.shape) : sumOfTiles(dy, reps)),
  })),
  fromInputs(tf.BroadcastTo, ['x'], (dy, [x]) => ({
    x: () => passTo(dy, x.shape),
  })),
  fromInputs(tf.Diag, ['x'], (dy, [x]) => ({ x: () => reshape(diagonal(dy, x.size), x.shape) })),
];
