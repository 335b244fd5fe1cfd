import { util } from '@tensorflow/tfjs-core';
import type { Partitioner } from './partitioner.ts';
import { bytesPerElement, checkInteger, shardsAlong, sizeAlong } from './shard-counts.ts';

/** Options of {@link minMax}. */
export interface MinMaxOptions {
  /** The axis along which variables are cut. Default 0. */
  readonly axis?: number;
  /** Bytes that every slice but the last should have at least. Default 262144. */
  readonly minSliceSize?: number;
  /** Bytes that an element of a string variable counts for. Default 16. */
  readonly bytesPerStringElement?: number;
}

/**
 * Cuts a variable into at most a given number of slices, and fewer when they would become too small.
 *
 * @param maxPartitions At least 1. Default 1.
 * @throws ValueError when an argument is not an integer or too small; from the partitioner when the shape lacks the axis.
 *
 * @example
 * ```ts
 * import { partitioners } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const partitioner = partitioners.minMax(8, { minSliceSize: 1024 });
 * assert.deepStrictEqual(partitioner([100, 10], 'float32'), [4, 1]);
 * assert.deepStrictEqual(partitioner([10000, 10], 'float32'), [8, 1]);
 * ```
 *
 * TensorFlow 1: `tf.min_max_variable_partitioner`.
 */
export function minMax(
  maxPartitions = 1,
  { axis = 0, minSliceSize = 256 * 1024, bytesPerStringElement = 16 }: MinMaxOptions = {},
): Partitioner {
  checkInteger('minMax', 'maxPartitions', maxPartitions, 1);
  checkInteger('minMax', 'axis', axis, 0);
  checkInteger('minMax', 'minSliceSize', minSliceSize, 1);
  checkInteger('minMax', 'bytesPerStringElement', bytesPerStringElement, 1);
  return (shape, dtype) => {
    const size = sizeAlong(shape, axis, 'minMax');
    const bytes = util.sizeFromShape(shape) * bytesPerElement(dtype, bytesPerStringElement);
    const shards = Math.min(size, maxPartitions, Math.ceil(bytes / minSliceSize));
    return shardsAlong(shape.length, axis, Math.max(1, shards));
  };
}
