import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';

type Op = (x: tf.Tensor, indices: tf.Tensor) => tf.Tensor;

const row = (indices: tf.Tensor): tf.Tensor1D => tf.reshape(indices, [2]);
const column = (indices: tf.Tensor): tf.Tensor2D => tf.reshape(indices, [2, 1]);

/** Ops on `x: [2]` with `indices: [2]`. */
const ops: readonly (readonly [string, Op])[] = [
  ['gather', (x, indices) => tf.gather(x, row(indices))],
  ['gatherND', (x, indices) => tf.gatherND(x, column(indices))],
  ['scatterND', (x, indices) => tf.scatterND(column(indices), x, [3])],
  ['tensorScatterUpdate', (x, indices) => tf.tensorScatterUpdate(tf.zeros([3]), column(indices), x)],
  ['sparseToDense', (x, indices) => tf.sparseToDense(row(indices), x, [3], 0)],
  ['sparseSegmentSum', (x, indices) => tf.sparse.sparseSegmentSum(x as tf.Tensor1D, row(indices), row(indices))],
  ['sparseSegmentMean', (x, indices) => tf.sparse.sparseSegmentMean(x as tf.Tensor1D, row(indices), row(indices))],
  ['bincount', (x, indices) => tf.bincount(row(indices), x as tf.Tensor1D, 3)],
  ['denseBincount', (x, indices) => tf.denseBincount(row(indices), x as tf.Tensor1D, 3)],
];

onEachBackend((backendName) => {
  it.each(ops)('%s has a gradient of zeros by indices that were computed from a trained value', (_, op) => {
    const fromFloat = (x: tf.Tensor, indices: tf.Tensor): tf.Tensor => op(x, tf.cast(indices, 'int32'));
    const [, gradient] = tf.grads(fromFloat)([tf.tensor1d([2, 3]), tf.tensor1d([0, 1])]) as [tf.Tensor, tf.Tensor];
    expect([...gradient.dataSync()]).toEqual([0, 0]);
    expect(tf.getBackend()).toBe(backendName);
  });
});
