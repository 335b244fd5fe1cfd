import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from './broadcast.ts';
import { fromInputs } from './gradient-config.ts';
import { reshape, runKernel } from './kernel-calls.ts';

/** `a · b` of the last two axes, either transposed first; the axes before broadcast. */
function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  return runKernel(tf.BatchMatMul, { a, b }, { transposeA, transposeB });
}

function isBatched(x: tf.Tensor): boolean {
  return tf.util.sizeFromShape(x.shape.slice(0, -2)) > 1;
}

/** All rows of a stack of matrices as one matrix. */
function stackedRows(x: tf.Tensor): tf.Tensor {
  const columns = x.shape[x.rank - 1] as number;
  return reshape(x, [x.size / columns, columns]);
}

/**
 * The gradients of `a · b` where one matrix `b` multiplies a whole stack `a`: two products of plain matrices, many times
 * faster than stacks of small ones, and the sum over the stack comes for free.
 */
function sharedFactorGradients(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, transposeB: boolean) {
  const matrix = (): tf.Tensor => (b.rank === 2 ? b : reshape(b, b.shape.slice(-2)));
  return {
    a: () => reshape(product(stackedRows(dy), matrix(), false, !transposeB), a.shape),
    b: () => {
      const [rows, dyRows] = [stackedRows(a), stackedRows(dy)];
      const gradient = transposeB ? product(dyRows, rows, true, false) : product(rows, dyRows, true, false);
      return b.rank === 2 ? gradient : reshape(gradient, b.shape);
    },
  };
}

/** The matrix product. Each gradient is again one product; the four cases are those of the transposed operands. */
export const matrixProducts: readonly tf.GradConfig[] = [
  fromInputs(tf.BatchMatMul, ['a', 'b'], (dy, [a, b], { transposeA, transposeB }: tf.BatchMatMulAttrs) => {
    if (dy.size > 0 && a.size > 0 && !transposeA && isBatched(a) && !isBatched(b)) {
      return sharedFactorGradients(dy, a, b, transposeB);
    }
    return {
      a: () => sumTo(transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB), a.shape),
      b: () => sumTo(transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false), b.shape),
    };
  }),
];
