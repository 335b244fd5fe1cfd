import { util } from '@tensorflow/tfjs-core';
import type { Partitioner } from './partitioner.ts';
import { bytesPerElement, checkInteger, shardsAlong, sizeAlong } from './shard-counts.ts';

/** Options of {@link variableAxisSize}. */
export interface VariableAxisSizeOptions {
  /** The axis along which variables are cut. Default 0. */
  readonly axis?: number;
  /** Bytes that an element of a string variable counts for. Default 16. */
  readonly bytesPerStringElement?: number;
  /** Upper limit of the number of slices, even where slices then grow beyond `maxShardBytes`. Default none. */
  readonly maxShards?: number;
}

/**
 * Cuts a variable into as few slices as keep each within a size in bytes; a slice is at least one index of the axis.
 *
 * @param maxShardBytes At least 1.
 * @throws ValueError when an argument is not an integer or too small; from the partitioner when the shape lacks the axis.
 *
 * @example
 * ```ts
 * import { partitioners } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * // 1000 rows of 256 bytes, four rows a slice.
 * assert.deepStrictEqual(partitioners.variableAxisSize(1024)([1000, 64], 'float32'), [250, 1]);
 * ```
 *
 * TensorFlow 1: `tf.variable_axis_size_partitioner`.
 */
export function variableAxisSize(
  maxShardBytes: number,
  { axis = 0, bytesPerStringElement = 16, maxShards }: VariableAxisSizeOptions = {},
): Partitioner {
  checkInteger('variableAxisSize', 'maxShardBytes', maxShardBytes, 1);
  checkInteger('variableAxisSize', 'axis', axis, 0);
  checkInteger('variableAxisSize', 'bytesPerStringElement', bytesPerStringElement, 1);
  if (maxShards !== undefined) checkInteger('variableAxisSize', 'maxShards', maxShards, 1);
  return (shape, dtype) => {
    const size = sizeAlong(shape, axis, 'variableAxisSize');
    if (size === 0) return shardsAlong(shape.length, axis, 1);
    const indexBytes = (util.sizeFromShape(shape) / size) * bytesPerElement(dtype, bytesPerStringElement);
    const indicesPerShard = Math.max(1, Math.floor(maxShardBytes / indexBytes));
    const shards = Math.ceil(size / indicesPerShard);
    return shardsAlong(shape.length, axis, Math.max(1, Math.min(shards, maxShards ?? shards)));
  };
}
