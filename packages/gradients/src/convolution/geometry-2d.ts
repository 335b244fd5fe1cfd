import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionGeometry } from './composed-convolution.ts';

export type Shape4D = [number, number, number, number];

/** The order of axes that brings `[batch, channels, height, width]` to `[batch, height, width, channels]`. */
export const toNHWC: readonly number[] = [0, 2, 3, 1];

/** The order of axes that brings it back. */
export const toNCHW: readonly number[] = [0, 3, 1, 2];

/** What the arithmetic of a convolution over height and width depends on. */
export type Conv2DSettings = Pick<tf.Conv2DAttrs, 'strides' | 'dilations' | 'pad' | 'dataFormat' | 'dimRoundingMode'>;

/**
 * The arithmetic of a convolution over height and width.
 *
 * @param inputShape `[batch, height, width, channels]`, whatever the data format.
 */
export function geometry2D(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dataFormat, dimRoundingMode }: Conv2DSettings,
): ConvolutionGeometry {
  // An explicit padding lists the axes in the order of the data format.
  const ordered = Array.isArray(pad) && dataFormat === 'NCHW' ? toNHWC.map((axis) => pad[axis]) : pad;
  const info = tf.backend_util.computeConv2DInfo(
    [...inputShape] as Shape4D,
    [...filterShape] as Shape4D,
    strides,
    dilations,
    ordered as tf.Conv2DAttrs['pad'],
    dimRoundingMode,
  );
  return {
    inputSizes: [info.inHeight, info.inWidth],
    filterSizes: [info.filterHeight, info.filterWidth],
    outputSizes: [info.outHeight, info.outWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    padBefore: [info.padInfo.top, info.padInfo.left],
  };
}
