import type { DataType } from '@tensorflow/tfjs-core';

/**
 * A function that says into how many slices a variable is cut along each of its axes.
 *
 * @param shape Shape of the whole variable.
 * @param dtype Its data type.
 * @returns One number an axis, all 1 but at most one.
 */
export type Partitioner = (shape: number[], dtype: DataType) => number[];
