import * as tf from '@tensorflow/tfjs-core';
import { keptShape } from './broadcast.ts';
import { fromInputs } from './gradient-config.ts';
import { add, multiply, reshape, zeros } from './kernel-calls.ts';
import { inversePermutation, padded, permuted, sliced } from './layout.ts';

/** Moves every element `by` places towards the start of the last axis and fills the end with `fill`. */
function shiftLeft(x: tf.Tensor, by: number, fill: number): tf.Tensor {
  const [rows, length] = x.shape as [number, number];
  if (length === by) return tf.fill([rows, by], fill);
  return padded(sliced(x, [0, by], [rows, length - by]), [0, 0], [0, by], fill);
}

/**
 * Solves `s[i] = b[i] + a[i] · s[i + 1]` along the last axis of two matrices, in a logarithmic number of steps.
 *
 * Each step composes every element with the one that is `reach` places later.
 */
function scanFromEnd(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const length = a.shape[1] as number;
  let factor = a;
  let sum = b;
  for (let reach = 1; reach < length; reach *= 2) {
    sum = add(sum, multiply(factor, shiftLeft(sum, reach, 0)));
    factor = multiply(factor, shiftLeft(factor, reach, 0));
  }
  return sum;
}

/**
 * The gradient of the running product along the last axis of a matrix, forwards. It never divides, so zeros in `x` do no
 * harm: it is the product of what comes before times a sum over what comes after, which obeys a linear recurrence.
 */
function runningProductGradient(dy: tf.Tensor, x: tf.Tensor, exclusive: boolean): tf.Tensor {
  const before = tf.cumprod(x, 1, true);
  const next = shiftLeft(x, 1, 0);
  const after = exclusive ? scanFromEnd(next, shiftLeft(dy, 1, 0)) : scanFromEnd(next, dy);
  return multiply(before, after);
}

function cumprodGradient(dy: tf.Tensor, x: tf.Tensor, { axis, exclusive, reverse }: tf.CumprodAttrs): tf.Tensor {
  const [along] = tf.util.parseAxisParam(axis, x.shape) as [number];
  const last = x.rank - 1;
  const order = x.shape.map((_, i) => (i === along ? last : i === last ? along : i));
  const toRows = (t: tf.Tensor): tf.Tensor => {
    const rows = reshape(permuted(t, order), [x.size / (x.shape[along] as number), x.shape[along] as number]);
    return reverse ? tf.reverse(rows, 1) : rows;
  };
  const gradient = runningProductGradient(toRows(dy), toRows(x), exclusive);
  const forwards = reverse ? tf.reverse(gradient, 1) : gradient;
  const movedShape = order.map((axisOfX) => x.shape[axisOfX] as number);
  return permuted(reshape(forwards, movedShape), order);
}

/** The product of all others along the last axis of a matrix: what comes before times what comes after. */
function productOfOthers(rows: tf.Tensor): tf.Tensor {
  return multiply(tf.cumprod(rows, 1, true), tf.cumprod(rows, 1, true, true));
}

function prodGradient(dy: tf.Tensor, x: tf.Tensor, { axis }: tf.ProdAttrs): tf.Tensor {
  const reduced = tf.util.parseAxisParam(axis, x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !reduced.includes(i));
  const order = [...kept, ...reduced];
  const sizes = order.map((i) => x.shape[i] as number);
  const rowLength = tf.util.sizeFromShape(sizes.slice(kept.length));
  const others = productOfOthers(reshape(permuted(x, order), [x.size / rowLength, rowLength]));
  const inPlace = permuted(reshape(others, sizes), inversePermutation(order));
  return multiply(inPlace, reshape(dy, keptShape(x.shape, reduced)));
}

/** Products over axes, and running sums and products. Zeros among the factors are no special case. */
export const products: readonly tf.GradConfig[] = [
  fromInputs(tf.Prod, ['x'], (dy, [x], attrs: tf.ProdAttrs) => ({
    x: () => (x.size === 0 ? zeros(x.shape) : prodGradient(dy, x, attrs)),
  })),
  fromInputs(tf.Cumprod, ['x'], (dy, [x], attrs: tf.CumprodAttrs) => ({
    x: () => (x.size === 0 ? zeros(x.shape) : cumprodGradient(dy, x, attrs)),
  })),
  fromInputs(tf.Cumsum, [], (dy, _, { axis, exclusive, reverse }: tf.CumsumAttrs) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  })),
];
