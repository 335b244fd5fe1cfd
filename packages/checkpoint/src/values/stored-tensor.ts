import type { TensorSpec } from '../checkpoint-error.ts';

/** A tensor as a file holds it: its elements in row-major order, little-endian, in any of the dtypes of {@link itemSizes}. */
export interface StoredTensor extends TensorSpec {
  /**
   * The elements, as the file has them. Do not write to them.
   *
   * @throws CheckpointError when they are damaged.
   */
  bytes(): Uint8Array;
}

/** How many bytes an element has, by dtype. Other dtypes, such as strings, cannot be read. */
export const itemSizes: ReadonlyMap<string, number> = new Map([
  ['bool', 1],
  ['uint8', 1],
  ['int8', 1],
  ['float8_e5m2', 1],
  ['float8_e4m3', 1],
  ['int16', 2],
  ['uint16', 2],
  ['float16', 2],
  ['bfloat16', 2],
  ['int32', 4],
  ['uint32', 4],
  ['float32', 4],
  ['complex64', 8],
  ['float64', 8],
  ['int64', 8],
  ['uint64', 8],
]);

/** Such as `float32 [2, 3]`. */
export function describeTensor({ dtype, shape }: TensorSpec): string {
  return `${dtype} [${shape.join(', ')}]`;
}

/** The number of elements of a shape, or null when it is not a shape or too large a number to be exact. */
export function elementCount(shape: readonly number[]): number | null {
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) return null;
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? count : null;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
