import type { Partitioner } from './partitioner.ts';
import { checkInteger, shardsAlong, sizeAlong } from './shard-counts.ts';

/** Options of {@link fixedSize}. */
export interface FixedSizeOptions {
  /** The axis along which variables are cut. Default 0. */
  readonly axis?: number;
}

/**
 * Cuts every variable into the same number of slices, or as many as its axis is long if that is less.
 *
 * @param numShards At least 1.
 * @throws ValueError when an argument is not an integer or too small; from the partitioner when the shape lacks the axis.
 *
 * @example
 * ```ts
 * import { partitioners } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.deepStrictEqual(partitioners.fixedSize(3)([10, 4], 'float32'), [3, 1]);
 * assert.deepStrictEqual(partitioners.fixedSize(3, { axis: 1 })([10, 2], 'float32'), [1, 2]);
 * ```
 *
 * TensorFlow 1: `tf.fixed_size_partitioner`.
 */
export function fixedSize(numShards: number, { axis = 0 }: FixedSizeOptions = {}): Partitioner {
  checkInteger('fixedSize', 'numShards', numShards, 1);
  checkInteger('fixedSize', 'axis', axis, 0);
  return (shape) => {
    const size = sizeAlong(shape, axis, 'fixedSize');
    return shardsAlong(shape.length, axis, Math.max(1, Math.min(numShards, size)));
  };
}
