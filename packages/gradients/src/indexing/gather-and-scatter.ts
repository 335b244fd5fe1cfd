import * as tf from '@tensorflow/tfjs-core';
import { fromInputs, fromManyOutputs } from '../gradient-config.ts';
import { keepWhere, multiply, reshape, runKernel, zeros } from '../kernel-calls.ts';
import { inversePermutation, permuted } from '../layout.ts';

/**
 * Adds rows into a table of zeros, rows with the same index together.
 *
 * @param rows [count, width].
 * @param indices int32, `count` of them in any shape.
 * @param size The number of rows of the table.
 * @returns [size, width].
 */
export function scatterRows(rows: tf.Tensor, indices: tf.Tensor, size: number): tf.Tensor {
  const [count, width] = rows.shape as [number, number];
  if (count * width * size === 0) return zeros([size, width]);
  return runKernel(tf.ScatterNd, { indices: reshape(indices, [count, 1]), updates: rows }, { shape: [size, width] });
}

/** Indices into each of `batches` tables of `size` rows, as indices into all the tables one after the other. */
export function acrossTables(indices: tf.Tensor, batches: number, size: number): tf.Tensor {
  const perBatch = indices.size / batches;
  const starts = tf.range(0, batches * size, size, 'int32');
  return tf.add(reshape(indices, [batches, perBatch]), reshape(starts, [batches, 1]));
}

function gatherGradient(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, attrs: tf.GatherV2Attrs): tf.Tensor {
  if (dy.size === 0 || x.size === 0) return zeros(x.shape);
  const batchDims = attrs.batchDims < 0 ? attrs.batchDims + indices.rank : attrs.batchDims;
  const [axis] = tf.util.parseAxisParam(attrs.axis, x.shape) as [number];
  const size = x.shape[axis] as number;
  const axes = x.shape.map((_, i) => i);
  // dy is [batch…, before…, gathered…, after…] and the table's rows must come first after the batch.
  const gathered = indices.rank - batchDims;
  const dyOrder = [
    ...axes.slice(0, batchDims),
    ...Array.from({ length: gathered }, (_, i) => axis + i),
    ...Array.from({ length: axis - batchDims }, (_, i) => batchDims + i),
    ...Array.from({ length: x.rank - axis - 1 }, (_, i) => axis + gathered + i),
  ];
  const xOrder = [...axes.slice(0, batchDims), axis, ...axes.slice(batchDims, axis), ...axes.slice(axis + 1)];
  const batches = tf.util.sizeFromShape(x.shape.slice(0, batchDims));
  const rows = reshape(permuted(dy, dyOrder), [indices.size, dy.size / indices.size]);
  const into = batches === 1 ? indices : acrossTables(indices, batches, size);
  const table = scatterRows(rows, into, batches * size);
  const shaped = reshape(
    table,
    xOrder.map((i) => x.shape[i] as number),
  );
  return permuted(shaped, inversePermutation(xOrder));
}

/** Where in a tensor of the given shape no update is written. */
export function notWritten(indices: tf.Tensor, updatesShape: number[], shape: number[]): tf.Tensor {
  const writes = runKernel(tf.ScatterNd, { indices, updates: tf.fill(updatesShape, 1) }, { shape });
  return tf.equal(writes, 0);
}

/** Rows of `dy` by segment; a negative segment id means that a row was dropped. */
function segmentSumGradient(dy: tf.Tensor, segmentIds: tf.Tensor): tf.Tensor {
  const rows = tf.gather(dy, tf.maximum(segmentIds, tf.scalar(0, 'int32')));
  const kept = tf.greaterEqual(segmentIds, tf.scalar(0, 'int32'));
  return multiply(rows, reshape(kept, [segmentIds.size, ...rows.shape.slice(1).fill(1)]));
}

function topKGradient(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  if (dy.size === 0) return zeros(x.shape);
  const length = x.shape[x.rank - 1] as number;
  const rows = x.size / length;
  const into = rows === 1 ? indices : acrossTables(indices, rows, length);
  return reshape(scatterRows(reshape(dy, [dy.size, 1]), into, x.size), x.shape);
}

/** Reading and writing elements by index. */
export const gatherAndScatter: readonly tf.GradConfig[] = [
  fromInputs(tf.GatherV2, ['x', 'indices'], (dy, [x, indices], attrs: tf.GatherV2Attrs) => ({
    x: () => gatherGradient(dy, x, indices, attrs),
    indices: () => zeros(indices.shape),
  })),
  fromInputs(tf.GatherNd, ['params', 'indices'], (dy, [params, indices]) => ({
    params: () =>
      dy.size === 0 ? zeros(params.shape) : runKernel(tf.ScatterNd, { indices, updates: dy }, { shape: params.shape }),
    indices: () => zeros(indices.shape),
  })),
  fromInputs(tf.ScatterNd, ['indices'], (dy, [indices]) => ({
    updates: () => runKernel(tf.GatherNd, { params: dy, indices }),
    indices: () => zeros(indices.shape),
  })),
  fromInputs(tf.TensorScatterUpdate, ['indices', 'updates'], (dy, [indices, updates]) => ({
    tensor: () => keepWhere(notWritten(indices, updates.shape, dy.shape), dy),
    updates: () => runKernel(tf.GatherNd, { params: dy, indices }),
    indices: () => zeros(indices.shape),
  })),
  fromInputs(tf.UnsortedSegmentSum, ['segmentIds'], (dy, [segmentIds]) => ({
    x: () => segmentSumGradient(dy, segmentIds),
    segmentIds: () => zeros(segmentIds.shape),
  })),
  fromManyOutputs(tf.TopK, ['x'], [false, true], ([dy], [x], [indices]) => ({
    x: () => topKGradient(dy as tf.Tensor, x, indices as tf.Tensor),
  })),
  fromInputs(tf.Select, ['condition'], (dy, [condition]) => ({
    condition: () => zeros(condition.shape),
    t: () => keepWhere(condition, dy),
    e: () => runKernel(tf.Select, { condition, t: zeros(dy.shape), e: dy }),
  })),
];
