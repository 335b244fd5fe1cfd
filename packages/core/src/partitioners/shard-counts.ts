import type { DataType } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';

const BYTES: Readonly<Record<Exclude<DataType, 'string'>, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/** Bytes of one element; strings take what the caller supposes. */
export function bytesPerElement(dtype: DataType, bytesPerStringElement: number): number {
  return dtype === 'string' ? bytesPerStringElement : BYTES[dtype];
}

/** A partitioner's answer: `shards` slices along one axis, one along the others. */
export function shardsAlong(rank: number, axis: number, shards: number): number[] {
  const counts: number[] = new Array(rank).fill(1);
  counts[axis] = shards;
  return counts;
}

/**
 * The size of a shape along the axis that is to be partitioned.
 *
 * @throws ValueError when the shape has no such axis.
 */
export function sizeAlong(shape: readonly number[], axis: number, partitioner: string): number {
  const size = shape[axis];
  if (size === undefined) {
    throw new ValueError(`partitioners.${partitioner}: cannot partition along axis ${axis} of shape [${shape}].`);
  }
  return size;
}

/** @throws ValueError unless the value is an integer of at least `least`. */
export function checkInteger(partitioner: string, argument: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new ValueError(`partitioners.${partitioner}: ${argument} must be an integer >= ${least}; got ${value}.`);
  }
}
