import * as tf from '@tensorflow/tfjs-core';
import { keptShape, spreadTo } from './broadcast.ts';
import { fromInputs, fromInputsAndOutput } from './gradient-config.ts';
import { divide, float, multiply, reshape, sumOver } from './kernel-calls.ts';

type Axes = number | number[] | undefined;

function axesOf(axis: Axes, shape: number[]): number[] {
  // Kernels get the axes as the caller wrote them: one or several, negative or left out.
  return tf.util.parseAxisParam(axis as number | number[], shape);
}

/** A tensor of the reduced shape, with its reduced axes back as axes of size 1. */
function withKeptAxes(reduced: tf.Tensor, shape: number[], axes: number[]): tf.Tensor {
  return reduced.rank === shape.length ? reduced : reshape(reduced, keptShape(shape, axes));
}

/** The gradient of a largest or smallest element: shared evenly between those that are equal to it, as in TensorFlow. */
function toExtrema(dy: tf.Tensor, x: tf.Tensor, extreme: tf.Tensor, axis: Axes): tf.Tensor {
  const axes = axesOf(axis, x.shape);
  // Comparisons that broadcast are ten times slower on wasm than the spreading.
  const chosen = float(tf.equal(x, spreadTo(withKeptAxes(extreme, x.shape, axes), x.shape)));
  const share = divide(withKeptAxes(dy, x.shape, axes), sumOver(chosen, axes, true));
  return multiply(chosen, share);
}

/** Sums, means and extrema over axes. */
export const reductions: readonly tf.GradConfig[] = [
  fromInputs(tf.Sum, ['x'], (dy, [x], { axis }: tf.SumAttrs) => ({
    x: () => spreadTo(withKeptAxes(dy, x.shape, axesOf(axis, x.shape)), x.shape),
  })),
  fromInputs(tf.Mean, ['x'], (dy, [x], { axis }: tf.MeanAttrs) => ({
    x: () => {
      const share = tf.div(dy, x.size / dy.size);
      return spreadTo(withKeptAxes(share, x.shape, axesOf(axis, x.shape)), x.shape);
    },
  })),
  fromInputsAndOutput(tf.Max, ['x'], (dy, [x], y, { reductionIndices }: tf.MaxAttrs) => ({
    x: () => toExtrema(dy, x, y, reductionIndices),
  })),
  fromInputsAndOutput(tf.Min, ['x'], (dy, [x], y, { axis }: tf.MinAttrs) => ({
    x: () => toExtrema(dy, x, y, axis),
  })),
];
