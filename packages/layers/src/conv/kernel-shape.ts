import { IncompatibleShapeError } from '@sonnetjs/core';
import { type DataFormat, isChannelsFirst } from './data-format.ts';
import { shown } from './shown.ts';

/**
 * Writes out a size that may be given once for all dimensions: `2` and `[2, 2]` both give `[2, 2]`.
 *
 * Sonnet: `_fill_shape` of its module `conv`.
 *
 * @param x A positive integer, or an array of `n` of them.
 * @param n The number of dimensions.
 * @returns An array of `n` positive integers.
 * @throws TypeError when `x` is neither, or `n` is not a positive integer.
 *
 * @example
 * ```ts
 * import { fillShape } from '@sonnetjs/layers';
 * import assert from 'node:assert';
 *
 * assert.deepEqual(fillShape(3, 2), [3, 3]);
 * assert.deepEqual(fillShape([1, 2], 2), [1, 2]);
 * assert.throws(() => fillShape([1, 2], 3), TypeError);
 * ```
 */
export function fillShape(x: number | readonly number[], n: number): number[] {
  if (!isPositiveInteger(n)) throw new TypeError(`fillShape: n must be a positive integer; got ${shown(n)}.`);
  if (isPositiveInteger(x)) return new Array<number>(n).fill(x);
  if (Array.isArray(x) && x.length === n && x.every(isPositiveInteger)) return [...x];
  throw new TypeError(
    `x is ${shown(x)}, but must be a positive integer or an array of positive integers of size ${n}.`,
  );
}

/**
 * {@link fillShape} for an argument of a module.
 *
 * @param what What the argument is: `kernel`.
 * @throws IncompatibleShapeError when it cannot be written out.
 */
export function checkedShape(x: unknown, n: number, what: string, where: string): readonly number[] {
  try {
    return fillShape(x as number | readonly number[], n);
  } catch (error) {
    throw new IncompatibleShapeError(`${where}: invalid ${what} shape: ${(error as Error).message}`);
  }
}

/**
 * The strides of the spatial dimensions. Like Sonnet, it also takes them in the form of TensorFlow, with ones for the
 * batch and the channels: `[1, 2, 2, 1]`.
 *
 * @throws IncompatibleShapeError when there are not as many as there are spatial dimensions.
 */
export function checkedStrides(stride: unknown, format: DataFormat, where: string): readonly number[] {
  const spatialDims = format.length - 2;
  if (!Array.isArray(stride) || stride.length !== format.length) {
    return checkedShape(stride, spatialDims, 'stride', where);
  }
  const first = isChannelsFirst(format);
  const [begin, end] = first ? [2, stride.length] : [1, -1];
  if (stride[0] !== 1 || stride.at(first ? 1 : -1) !== 1) {
    throw new IncompatibleShapeError(
      `${where}: invalid stride shape: x is ${shown(stride)}, but must be a positive integer or an array of positive ` +
        `integers of size ${spatialDims}. With strides for all ${format.length} dimensions of ${format}, the first and ` +
        `the ${first ? 'second' : 'last'} element must be 1.`,
    );
  }
  return checkedShape(stride.slice(begin, end), spatialDims, 'stride', where);
}

/** Strides in the form of TensorFlow, with ones for the batch and the channels. */
export function stridesOfAllDimensions(strides: readonly number[], format: DataFormat): readonly number[] {
  return isChannelsFirst(format) ? [1, 1, ...strides] : [1, ...strides, 1];
}

function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
