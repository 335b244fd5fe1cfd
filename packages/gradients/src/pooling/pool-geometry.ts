import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionGeometry } from '../convolution/composed-convolution.ts';

/** The settings of a pool over two or three spatial axes, as its kernel gets them. */
export interface PoolSettings {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: tf.MaxPoolAttrs['pad'];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The arithmetic of a pool over `[batch, height, width, channels]` or `[batch, depth, height, width, channels]`. */
export function poolGeometry(inputShape: readonly number[], settings: PoolSettings): ConvolutionGeometry {
  const { filterSize, strides, pad, dimRoundingMode } = settings;
  if (inputShape.length === 4) {
    const info = tf.backend_util.computePool2DInfo(
      [...inputShape] as [number, number, number, number],
      filterSize as number,
      strides as number,
      1,
      pad,
      dimRoundingMode,
    );
    return {
      inputSizes: [info.inHeight, info.inWidth],
      filterSizes: [info.filterHeight, info.filterWidth],
      outputSizes: [info.outHeight, info.outWidth],
      strides: [info.strideHeight, info.strideWidth],
      dilations: [1, 1],
      padBefore: [info.padInfo.top, info.padInfo.left],
    };
  }
  const info = tf.backend_util.computePool3DInfo(
    [...inputShape] as [number, number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as 'valid' | 'same' | number,
    dimRoundingMode,
  );
  return {
    inputSizes: [info.inDepth, info.inHeight, info.inWidth],
    filterSizes: [info.filterDepth, info.filterHeight, info.filterWidth],
    outputSizes: [info.outDepth, info.outHeight, info.outWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [1, 1, 1],
    // tfjs computes less than nothing where strides pass over the end of the input: the windows begin with it.
    padBefore: [info.padInfo.front, info.padInfo.top, info.padInfo.left].map((before) => Math.max(before, 0)),
  };
}
