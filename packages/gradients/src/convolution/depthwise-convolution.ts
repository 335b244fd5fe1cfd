import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { reshape, runKernel, sumOver } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';
import { permuted } from '../layout.ts';
import { type ConvolutionGeometry, inputForFilter, outputGradientForInput } from './composed-convolution.ts';
import { geometry2D, type Shape4D, toNCHW, toNHWC } from './geometry-2d.ts';

type Attrs = tf.DepthwiseConv2dNativeAttrs;

function depthwise(
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: readonly number[],
  dilations: readonly number[],
): tf.Tensor {
  const attrs = { strides, pad: 'valid', dataFormat: 'NHWC', dilations };
  return runKernel(tf.DepthwiseConv2dNative, { x, filter }, attrs);
}

/** By the input: every output channel through its own turned filter, and the channels of one input channel summed. */
function composedInput(
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: Shape4D,
  geometry: ConvolutionGeometry,
): tf.Tensor {
  const [rows, columns, channels, multiplier] = filter.shape as Shape4D;
  const turned = reshape(tf.reverse(filter, [0, 1]), [rows, columns, channels * multiplier, 1]);
  const perOutput = depthwise(outputGradientForInput(dy, geometry), turned, [1, 1], geometry.dilations);
  return multiplier === 1 ? perOutput : sumOver(reshape(perOutput, [...inputShape, multiplier]), 4);
}

/** By the filter: the whole batch as channels of one image, the output's gradient as the filter, then summed over the batch. */
function composedFilter(x: tf.Tensor, dy: tf.Tensor, filterShape: Shape4D, geometry: ConvolutionGeometry): tf.Tensor {
  const [rows, columns, channels, multiplier] = filterShape;
  const batch = x.shape[0] as number;
  const covered = inputForFilter(x, geometry);
  const [, height, width] = covered.shape as Shape4D;
  const image = reshape(permuted(covered, [1, 2, 0, 3]), [1, height, width, batch * channels]);
  const taps = reshape(permuted(dy, [1, 2, 0, 3]), [...geometry.outputSizes, batch * channels, multiplier]);
  const perImage = depthwise(image, taps, geometry.dilations, geometry.strides);
  return reshape(sumOver(reshape(perImage, [rows * columns, batch, channels * multiplier]), 1), filterShape);
}

/** The gradient kernels know no dilations and no data format. */
function fitsKernels({ dilations, dataFormat }: Attrs): boolean {
  return tf.backend_util.tupleValuesAreOne(dilations) && dataFormat !== 'NCHW';
}

function inputGradient(dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], attrs: Attrs): tf.Tensor {
  if (fitsKernels(attrs) && hasGoodKernel(tf.DepthwiseConv2dNativeBackpropInput)) {
    const { strides, pad, dilations, dimRoundingMode } = attrs;
    const kernelAttrs = { strides, pad, dilations, dimRoundingMode, inputShape };
    return runKernel(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter }, kernelAttrs);
  }
  const channelsFirst = attrs.dataFormat === 'NCHW';
  const shape = (channelsFirst ? toNHWC.map((axis) => inputShape[axis] as number) : inputShape) as Shape4D;
  const geometry = geometry2D(shape, filter.shape, attrs);
  const gradient = composedInput(channelsFirst ? permuted(dy, toNHWC) : dy, filter, shape, geometry);
  return channelsFirst ? permuted(gradient, toNCHW) : gradient;
}

function filterGradient(x: tf.Tensor, dy: tf.Tensor, filterShape: number[], attrs: Attrs): tf.Tensor {
  if (fitsKernels(attrs) && hasGoodKernel(tf.DepthwiseConv2dNativeBackpropFilter)) {
    const { strides, pad, dilations, dimRoundingMode } = attrs;
    const kernelAttrs = { strides, pad, dilations, dimRoundingMode, filterShape };
    return runKernel(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy }, kernelAttrs);
  }
  const [input, output] = attrs.dataFormat === 'NCHW' ? [permuted(x, toNHWC), permuted(dy, toNHWC)] : [x, dy];
  const geometry = geometry2D(input.shape, filterShape, attrs);
  return composedFilter(input, output, filterShape as Shape4D, geometry);
}

function convolution(x: tf.Tensor, filter: tf.Tensor, attrs: Attrs): tf.Tensor {
  return runKernel(tf.DepthwiseConv2dNative, { x, filter }, attrs);
}

/** Convolution of every channel on its own, and the two kernels that are its gradients. */
export const depthwiseConvolution: readonly tf.GradConfig[] = [
  fromInputs(tf.DepthwiseConv2dNative, ['x', 'filter'], (dy, [x, filter], attrs: Attrs) => ({
    x: () => inputGradient(dy, filter, x.shape, attrs),
    filter: () => filterGradient(x, dy, filter.shape, attrs),
  })),
  fromInputs(
    tf.DepthwiseConv2dNativeBackpropInput,
    ['dy', 'filter'],
    (ddx, [dy, filter], gradAttrs: tf.DepthwiseConv2dNativeBackpropInputAttrs) => {
      const attrs: Attrs = { ...gradAttrs, dataFormat: 'NHWC' };
      return {
        dy: () => convolution(ddx, filter, attrs),
        filter: () => filterGradient(ddx, dy, filter.shape, attrs),
      };
    },
  ),
  fromInputs(
    tf.DepthwiseConv2dNativeBackpropFilter,
    ['x', 'dy'],
    (ddw, [x, dy], gradAttrs: tf.DepthwiseConv2dNativeBackpropFilterAttrs) => {
      const attrs: Attrs = { ...gradAttrs, dataFormat: 'NHWC' };
      return {
        x: () => inputGradient(dy, ddw, x.shape, attrs),
        dy: () => convolution(x, ddw, attrs),
      };
    },
  ),
];
