import { ValueError } from '@sonnetjs/core';
import { checkedShape } from './kernel-shape.ts';
import { type ConvOpPadding, checkedConvOpPadding, SAME } from './padding.ts';
import { shown } from './shown.ts';

const WHERE = 'defaultTransposeSize';

/**
 * The size of a transposed convolution's outputs where none is given: of all sizes that the convolution in the other
 * direction maps to this input, the greatest. It is `input size * stride` with SAME padding, and
 * `input size * stride + kernel size - 1` with VALID padding.
 *
 * Sonnet: `_default_transpose_size` of its module `conv`.
 *
 * @param inputShape The sizes of the spatial dimensions of the inputs.
 * @param stride One stride for all of them, or an array.
 * @param kernelShape One size for all of them, or an array. Not needed with SAME padding.
 * @param padding `SAME` (the default) or `VALID`.
 * @returns The sizes of the spatial dimensions of the outputs.
 * @throws TypeError when `inputShape` is not an array of sizes.
 * @throws IncompatibleShapeError when `stride` or `kernelShape` do not fit `inputShape`.
 * @throws ValueError for another padding.
 *
 * @example
 * ```ts
 * import { defaultTransposeSize, VALID } from '@sonnetjs/layers';
 * import assert from 'node:assert';
 *
 * assert.deepEqual(defaultTransposeSize([4, 4], 2), [8, 8]);
 * assert.deepEqual(defaultTransposeSize([4, 4], 2, 3, VALID), [10, 10]);
 * ```
 */
export function defaultTransposeSize(
  inputShape: readonly number[],
  stride: number | readonly number[],
  kernelShape?: number | readonly number[] | null,
  padding: ConvOpPadding = SAME,
): number[] {
  if (!Array.isArray(inputShape) || inputShape.length === 0) {
    throw new TypeError(
      `${WHERE}: inputShape must be an array of sizes; got ${shown(inputShape)}. Is the module connected?`,
    );
  }
  const strides = checkedShape(stride, inputShape.length, 'stride', WHERE);
  const sizes = inputShape.map((size, axis) => size * (strides[axis] as number));
  if (checkedConvOpPadding(padding, WHERE) === SAME) return sizes;
  const kernel = checkedShape(kernelShape, inputShape.length, 'kernel', WHERE);
  return sizes.map((size, axis) => size + (kernel[axis] as number) - 1);
}

/** The sizes that describe a convolution from `outputSizes` to `inputSizes`, whose transpose goes the other way. */
interface TransposeSizes {
  readonly inputSizes: readonly number[];
  readonly outputSizes: readonly number[];
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly padding: ConvOpPadding;
}

/**
 * Checks that the convolution in the other direction maps the outputs' size to the inputs' size.
 *
 * @throws ValueError when it does not.
 */
export function checkTransposeSizes(sizes: TransposeSizes, where: object): void {
  const { inputSizes, outputSizes, kernelShape, strides, padding } = sizes;
  const expected = outputSizes.map((size, axis) => {
    const positions = padding === SAME ? size : size - (kernelShape[axis] as number) + 1;
    return Math.ceil(positions / (strides[axis] as number));
  });
  if (expected.every((size, axis) => size === inputSizes[axis])) return;
  throw new ValueError(
    `${where}: outputs of spatial shape ${shown(outputSizes)} need inputs of spatial shape ${shown(expected)}, with the ` +
      `kernel shape ${shown(kernelShape)}, the stride ${shown(strides)} and ${padding} padding; got ` +
      `${shown(inputSizes)}. Leave outputShape out to have one that fits.`,
  );
}
