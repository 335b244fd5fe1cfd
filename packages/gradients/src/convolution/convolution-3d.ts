import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { runKernel } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';
import { type ConvolutionGeometry, composedFilterGradient, composedInputGradient } from './composed-convolution.ts';

type Shape5D = [number, number, number, number, number];
type Attrs = Pick<tf.Conv3DAttrs, 'strides' | 'pad' | 'dilations'>;

function convolve3D(
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: readonly number[],
  dilations: readonly number[],
): tf.Tensor {
  return runKernel(tf.Conv3D, { x, filter }, { strides, pad: 'valid', dataFormat: 'NDHWC', dilations });
}

function geometryOf(
  inputShape: number[],
  filterShape: number[],
  { strides, dilations, pad }: Attrs,
): ConvolutionGeometry {
  const info = tf.backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    strides,
    dilations,
    pad,
  );
  return {
    inputSizes: [info.inDepth, info.inHeight, info.inWidth],
    filterSizes: [info.filterDepth, info.filterHeight, info.filterWidth],
    outputSizes: [info.outDepth, info.outHeight, info.outWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padBefore: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}

/** The gradient kernels know no dilations. */
function isDilated({ dilations }: Attrs): boolean {
  return !tf.backend_util.tupleValuesAreOne(dilations);
}

function inputGradient(dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], attrs: Attrs): tf.Tensor {
  if (!isDilated(attrs) && hasGoodKernel(tf.Conv3DBackpropInputV2)) {
    const { strides, pad } = attrs;
    return runKernel(tf.Conv3DBackpropInputV2, { dy, filter }, { strides, pad, inputShape });
  }
  return composedInputGradient(dy, filter, geometryOf(inputShape, filter.shape, attrs), convolve3D);
}

function filterGradient(x: tf.Tensor, dy: tf.Tensor, filterShape: number[], attrs: Attrs): tf.Tensor {
  if (!isDilated(attrs) && hasGoodKernel(tf.Conv3DBackpropFilterV2)) {
    const { strides, pad } = attrs;
    return runKernel(tf.Conv3DBackpropFilterV2, { x, dy }, { strides, pad, filterShape });
  }
  return composedFilterGradient(x, dy, geometryOf(x.shape, filterShape, attrs), convolve3D);
}

function convolution(x: tf.Tensor, filter: tf.Tensor, { strides, pad, dilations }: Attrs): tf.Tensor {
  return runKernel(tf.Conv3D, { x, filter }, { strides, pad, dataFormat: 'NDHWC', dilations });
}

/** Convolution over depth, height and width, and its gradient kernels: the one by the input is also `conv3dTranspose`. */
export const convolution3D: readonly tf.GradConfig[] = [
  fromInputs(tf.Conv3D, ['x', 'filter'], (dy, [x, filter], attrs: tf.Conv3DAttrs) => ({
    x: () => inputGradient(dy, filter, x.shape, attrs),
    filter: () => filterGradient(x, dy, filter.shape, attrs),
  })),
  fromInputs(
    tf.Conv3DBackpropInputV2,
    ['dy', 'filter'],
    (ddx, [dy, filter], gradAttrs: tf.Conv3DBackpropInputV2Attrs) => {
      const attrs = { ...gradAttrs, dilations: 1 };
      return {
        dy: () => convolution(ddx, filter, attrs),
        filter: () => filterGradient(ddx, dy, filter.shape, attrs),
      };
    },
  ),
  fromInputs(tf.Conv3DBackpropFilterV2, ['x', 'dy'], (ddw, [x, dy], gradAttrs: tf.Conv3DBackpropFilterV2Attrs) => {
    const attrs = { ...gradAttrs, dilations: 1 };
    return {
      x: () => inputGradient(dy, ddw, x.shape, attrs),
      dy: () => convolution(x, ddw, attrs),
    };
  }),
];
