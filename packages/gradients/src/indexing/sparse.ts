import * as tf from '@tensorflow/tfjs-core';
import { fromInputs, fromManyOutputs } from '../gradient-config.ts';
import { divide, float, keepWhere, multiply, reshape, runKernel, subtract, zeros } from '../kernel-calls.ts';
import { acrossTables, notWritten, scatterRows } from './gather-and-scatter.ts';

/** Hands the gradient of each segment back to the rows that it was made of. */
function segmentGradient(dy: tf.Tensor, data: tf.Tensor, indices: tf.Tensor, segmentIds: tf.Tensor): tf.Tensor {
  const size = data.shape[0] as number;
  const rows = tf.gather(dy, segmentIds);
  return reshape(scatterRows(reshape(rows, [indices.size, data.size / size]), indices, size), data.shape);
}

/** The gradient of each segment, divided by the number of rows in it. */
function shared(dy: tf.Tensor, segmentIds: tf.Tensor): tf.Tensor {
  const segments = dy.shape[0] as number;
  const counts = scatterRows(tf.fill([segmentIds.size, 1], 1), segmentIds, segments);
  return divide(dy, reshape(tf.maximum(counts, 1), [segments, ...dy.shape.slice(1).fill(1)]));
}

/** Indices as a matrix of one index vector a row; a list of numbers or a number stand for vectors of one element. */
function asIndexVectors(indices: tf.Tensor): tf.Tensor {
  return indices.rank === 2 ? indices : reshape(indices, [indices.size, 1]);
}

function sparseToDenseGradients(dy: tf.Tensor, sparseIndices: tf.Tensor, sparseValues: tf.Tensor) {
  const indices = asIndexVectors(sparseIndices);
  return {
    sparseIndices: () => zeros(sparseIndices.shape),
    sparseValues: () => {
      const gradient = runKernel(tf.GatherNd, { params: dy, indices });
      return sparseValues.rank === 0 ? tf.sum(gradient) : gradient;
    },
    defaultValue: () => tf.sum(keepWhere(notWritten(indices, [indices.shape[0] as number], dy.shape), dy)),
  };
}

/** The gradient of weights that were added into bins: that of the bin, and 0 for values that have none. */
function binGradient(dy: tf.Tensor, x: tf.Tensor, size: number): tf.Tensor {
  const bins = tf.minimum(x, tf.scalar(size - 1, 'int32'));
  const rows = dy.size / size;
  const flat = rows === 1 ? bins : reshape(acrossTables(bins, rows, size), x.shape);
  const found = tf.gather(reshape(dy, [dy.size]), flat);
  return multiply(found, float(tf.less(x, tf.scalar(size, 'int32'))));
}

/** Sparse tensors, segments and bins. */
export const sparse: readonly tf.GradConfig[] = [
  fromInputs(tf.SparseToDense, ['sparseIndices', 'sparseValues'], (dy, [indices, values]) =>
    sparseToDenseGradients(dy, indices, values),
  ),
  fromInputs(tf.SparseSegmentSum, ['data', 'indices', 'segmentIds'], (dy, [data, indices, segmentIds]) => ({
    data: () => segmentGradient(dy, data, indices, segmentIds),
    indices: () => zeros(indices.shape),
    segmentIds: () => zeros(segmentIds.shape),
  })),
  fromInputs(tf.SparseSegmentMean, ['data', 'indices', 'segmentIds'], (dy, [data, indices, segmentIds]) => ({
    data: () => segmentGradient(shared(dy, segmentIds), data, indices, segmentIds),
    indices: () => zeros(indices.shape),
    segmentIds: () => zeros(segmentIds.shape),
  })),
  fromManyOutputs(
    tf.SparseFillEmptyRows,
    ['indices', 'denseShape'],
    [false, false, false, true],
    (dys, [indices, denseShape], [positions]) => {
      const dy = dys[1] as tf.Tensor;
      const ofValues = (): tf.Tensor => tf.gather(dy, positions as tf.Tensor);
      return {
        indices: () => zeros(indices.shape),
        values: ofValues,
        denseShape: () => zeros(denseShape.shape),
        defaultValue: () => subtract(tf.sum(dy), tf.sum(ofValues())),
      };
    },
  ),
  fromInputs(tf.Bincount, ['x', 'weights'], (dy, [x, weights], { size }: tf.BincountAttrs) => ({
    x: () => zeros(x.shape),
    weights: () => (weights.size === 0 ? zeros(weights.shape) : binGradient(dy, x, size)),
  })),
  fromInputs(tf.DenseBincount, ['x', 'weights'], (dy, [x, weights], { size, binaryOutput }: tf.DenseBincountAttrs) => ({
    x: () => zeros(x.shape),
    weights: () => (weights.size === 0 || binaryOutput ? zeros(weights.shape) : binGradient(dy, x, size)),
  })),
];
