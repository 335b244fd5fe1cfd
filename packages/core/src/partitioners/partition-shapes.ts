import { ValueError } from '../errors.ts';

/** One slice of a partitioned variable. */
export interface VariableSlice {
  readonly shape: number[];
  /** Index, in the whole variable, of the slice's first element. */
  readonly offset: number[];
}

/** How a variable is cut: its slices in order, to be concatenated along `axis`. */
export interface VariableSlices {
  /** The axis that is cut; 0 when none is. */
  readonly axis: number;
  readonly slices: readonly VariableSlice[];
}

/**
 * Shapes and offsets of the slices of a variable. Where the axis does not divide evenly, the first slices are one longer.
 *
 * @param fullShape Shape of the whole variable.
 * @param shardCounts What a {@link Partitioner} returned for it: one number an axis.
 * @param variable Name of the variable, for messages.
 * @throws TypeError when the shard counts are not an array of integers.
 * @throws ValueError when there is not one number an axis, a number is below 1 or beyond the size of its axis, or more than
 *   one axis would be cut.
 */
export function partitionSlices(
  fullShape: readonly number[],
  shardCounts: readonly number[],
  variable: string,
): VariableSlices {
  checkShardCounts(fullShape, shardCounts, variable);
  const cut = shardCounts.findIndex((count) => count > 1);
  if (cut < 0) return { axis: 0, slices: [{ shape: [...fullShape], offset: fullShape.map(() => 0) }] };
  const count = shardCounts[cut] as number;
  const size = fullShape[cut] as number;
  const slices: VariableSlice[] = [];
  for (let i = 0, start = 0; i < count; i++) {
    const length = Math.floor(size / count) + (i < size % count ? 1 : 0);
    slices.push({ shape: fullShape.with(cut, length), offset: fullShape.map((_, axis) => (axis === cut ? start : 0)) });
    start += length;
  }
  return { axis: cut, slices };
}

function checkShardCounts(fullShape: readonly number[], shardCounts: readonly number[], variable: string): void {
  const found = `shape [${fullShape}], partitions [${shardCounts}]`;
  if (!Array.isArray(shardCounts) || !shardCounts.every((count) => Number.isInteger(count))) {
    throw new TypeError(`Partitioner of "${variable}": expected an array of integers, one an axis; got ${found}.`);
  }
  if (shardCounts.length !== fullShape.length) {
    throw new ValueError(`Partitioner of "${variable}": expected one number of partitions an axis; got ${found}.`);
  }
  const odd = shardCounts.findIndex((count, axis) => count < 1 || count > Math.max(1, fullShape[axis] as number));
  if (odd >= 0) {
    throw new ValueError(
      `Partitioner of "${variable}": cannot make ${shardCounts[odd]} slices of axis ${odd}, ` +
        `whose size is ${fullShape[odd]} (${found}).`,
    );
  }
  if (shardCounts.filter((count) => count > 1).length > 1) {
    throw new ValueError(`Partitioner of "${variable}": only one axis can be cut; got ${found}.`);
  }
}
