import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { shown } from './shown.ts';

/** Padding such that an output has the size of the input, divided by the stride and rounded up. */
export const SAME = 'SAME';
/** No padding: the kernel stays inside the input. */
export const VALID = 'VALID';
/** The greatest padding with which every position of the kernel still covers an input value. */
export const FULL = 'FULL';
/** Padding before the input only: an output depends on inputs at its own and at smaller indices. */
export const CAUSAL = 'CAUSAL';
/** Padding after the input only: an output depends on inputs at its own and at greater indices. */
export const REVERSE_CAUSAL = 'REVERSE_CAUSAL';

/** How much a convolution pads its inputs along one dimension. */
export type Padding = typeof SAME | typeof VALID | typeof FULL | typeof CAUSAL | typeof REVERSE_CAUSAL;

/** The paddings that the convolution op itself knows, and that a transposed convolution can have. */
export type ConvOpPadding = typeof SAME | typeof VALID;

/** Pads with zeros. */
export const CONSTANT_PADDING = 'CONSTANT';
/** Pads with the mirrored input, without repeating the value at the edge. */
export const REFLECT_PADDING = 'REFLECT';
/** Pads with the mirrored input, the value at the edge included. */
export const SYMMETRIC_PADDING = 'SYMMETRIC';

/** What a convolution pads its inputs with. */
export type PaddingValue = typeof CONSTANT_PADDING | typeof REFLECT_PADDING | typeof SYMMETRIC_PADDING;

const PADDINGS: readonly unknown[] = [SAME, VALID, FULL, CAUSAL, REVERSE_CAUSAL];
const PADDING_VALUES: readonly unknown[] = [CONSTANT_PADDING, REFLECT_PADDING, SYMMETRIC_PADDING];

/** What is padded before and after one dimension. */
export type PadAmount = [before: number, after: number];

/**
 * The padding of each spatial dimension.
 *
 * @throws TypeError when it is neither a padding nor one for each of the dimensions.
 */
export function checkedPaddings(padding: unknown, spatialDims: number, where: string): readonly Padding[] {
  if (PADDINGS.includes(padding)) return new Array<Padding>(spatialDims).fill(padding as Padding);
  if (Array.isArray(padding) && padding.length === spatialDims && padding.every((item) => PADDINGS.includes(item))) {
    return [...padding];
  }
  throw new TypeError(
    `${where}: padding must be one of ${PADDINGS.join(', ')}, or an array of these of size ${spatialDims}; ` +
      `got ${shown(padding)}.`,
  );
}

/** @throws ValueError when it is not one of the padding values. */
export function checkedPaddingValue(value: unknown, where: string): PaddingValue {
  if (PADDING_VALUES.includes(value)) return value as PaddingValue;
  throw new ValueError(`${where}: paddingValue must be one of ${PADDING_VALUES.join(', ')}; got ${shown(value)}.`);
}

/** @throws ValueError when it is neither SAME nor VALID. */
export function checkedConvOpPadding(padding: unknown, where: string): ConvOpPadding {
  if (padding === SAME || padding === VALID) return padding;
  throw new ValueError(`${where}: padding must be SAME or VALID; got ${shown(padding)}.`);
}

/**
 * The padding that is left to the convolution op: SAME when zeros are padded so in all dimensions. In every other case the
 * inputs are padded first ({@link padAmounts}) and the op is VALID.
 */
export function convOpPaddingOf(paddings: readonly Padding[], value: PaddingValue): ConvOpPadding {
  return value === CONSTANT_PADDING && paddings.every((padding) => padding === SAME) ? SAME : VALID;
}

/**
 * What is padded around the spatial dimensions before the convolution op, or null when nothing is.
 *
 * A SAME padding among others does not look at the stride, unlike the op's own: it always adds `kernel size - 1`.
 */
export function padAmounts(
  paddings: readonly Padding[],
  opPadding: ConvOpPadding,
  kernelShape: readonly number[],
  rates: readonly number[],
): readonly PadAmount[] | null {
  if (opPadding === SAME) return null;
  const amounts = paddings.map((padding, axis) => {
    const reach = ((kernelShape[axis] as number) - 1) * (rates[axis] as number);
    return padAmount(padding, reach);
  });
  return amounts.every(isNothing) ? null : amounts;
}

function isNothing([before, after]: PadAmount): boolean {
  return before === 0 && after === 0;
}

/** @param reach How far the (dilated) kernel reaches beyond its first position. */
function padAmount(padding: Padding, reach: number): PadAmount {
  switch (padding) {
    case FULL:
      return [reach, reach];
    case CAUSAL:
      return [reach, 0];
    case REVERSE_CAUSAL:
      return [0, reach];
    case SAME:
      return [Math.floor(reach / 2), Math.ceil(reach / 2)];
    case VALID:
      return [0, 0];
  }
}

/**
 * What SAME padding by the op adds to each spatial dimension, for a kernel that is not dilated.
 *
 * @param sizes The sizes of the spatial dimensions of the inputs.
 */
export function samePadAmounts(
  sizes: readonly number[],
  kernelShape: readonly number[],
  strides: readonly number[],
): readonly PadAmount[] {
  return sizes.map((size, axis) => {
    const stride = strides[axis] as number;
    const outputSize = Math.ceil(size / stride);
    const total = Math.max(0, (outputSize - 1) * stride + (kernelShape[axis] as number) - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

/**
 * Whether a stride exceeds the kernel. There the op's own SAME padding cannot be used: the kernels of tfjs's wasm backend
 * give zeros then, and those for three dimensions, of any backend, take a negative padding.
 */
export function exceedsKernel(strides: readonly number[], kernelShape: readonly number[]): boolean {
  return strides.some((stride, axis) => stride > (kernelShape[axis] as number));
}

/**
 * Pads the spatial dimensions.
 *
 * @param inputs [batch, ...spatial, channels].
 * @param amounts One for each spatial dimension.
 * @param where The module, for messages.
 * @returns `inputs` itself where nothing is padded.
 * @throws ValueError when a mirrored padding is longer than what there is to mirror.
 */
export function padSpatially(
  inputs: tf.Tensor,
  amounts: readonly PadAmount[],
  value: PaddingValue,
  where: object,
): tf.Tensor {
  if (amounts.every(isNothing)) return inputs;
  const paddings: PadAmount[] = [[0, 0], ...amounts, [0, 0]];
  if (value === CONSTANT_PADDING) return tf.pad(inputs, paddings);
  const left = value === REFLECT_PADDING ? 1 : 0;
  paddings.forEach((amount, axis) => {
    const available = (inputs.shape[axis] as number) - left;
    if (Math.max(...amount) <= available) return;
    throw new ValueError(
      `${where}: the padding value ${value} can pad at most ${available} values to dimension ${axis} of inputs ` +
        `[${inputs.shape.join(', ')}] (channels last), but ${Math.max(...amount)} are needed. Use larger inputs, a smaller ` +
        'kernel, or the padding value CONSTANT.',
    );
  });
  return tf.mirrorPad(inputs, paddings, value === REFLECT_PADDING ? 'reflect' : 'symmetric');
}
