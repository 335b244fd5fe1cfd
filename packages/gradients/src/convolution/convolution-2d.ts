import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { runKernel } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';
import { permuted } from '../layout.ts';
import { composedFilterGradient, composedInputGradient } from './composed-convolution.ts';
import { geometry2D, toNCHW, toNHWC } from './geometry-2d.ts';

type Conv2DAttrs = tf.Conv2DAttrs;

function convolve2D(
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: readonly number[],
  dilations: readonly number[],
): tf.Tensor {
  return runKernel(tf.Conv2D, { x, filter }, { strides, pad: 'valid', dataFormat: 'NHWC', dilations });
}

/** The gradient kernels know no dilations. */
function isDilated({ dilations }: Conv2DAttrs): boolean {
  return !tf.backend_util.tupleValuesAreOne(dilations);
}

function inputGradient(dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], attrs: Conv2DAttrs): tf.Tensor {
  if (!isDilated(attrs) && hasGoodKernel(tf.Conv2DBackpropInput)) {
    const { strides, pad, dataFormat, dimRoundingMode } = attrs;
    return runKernel(tf.Conv2DBackpropInput, { dy, filter }, { strides, pad, dataFormat, dimRoundingMode, inputShape });
  }
  const channelsFirst = attrs.dataFormat === 'NCHW';
  const shape = channelsFirst ? toNHWC.map((axis) => inputShape[axis] as number) : inputShape;
  const geometry = geometry2D(shape, filter.shape, attrs);
  const gradient = composedInputGradient(channelsFirst ? permuted(dy, toNHWC) : dy, filter, geometry, convolve2D);
  return channelsFirst ? permuted(gradient, toNCHW) : gradient;
}

function filterGradient(x: tf.Tensor, dy: tf.Tensor, filterShape: number[], attrs: Conv2DAttrs): tf.Tensor {
  if (!isDilated(attrs) && hasGoodKernel(tf.Conv2DBackpropFilter)) {
    const { strides, pad, dataFormat, dimRoundingMode } = attrs;
    return runKernel(tf.Conv2DBackpropFilter, { x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape });
  }
  const [input, output] = attrs.dataFormat === 'NCHW' ? [permuted(x, toNHWC), permuted(dy, toNHWC)] : [x, dy];
  const geometry = geometry2D(input.shape, filterShape, attrs);
  return composedFilterGradient(input, output, geometry, convolve2D);
}

function convolution(x: tf.Tensor, filter: tf.Tensor, attrs: Conv2DAttrs): tf.Tensor {
  return runKernel(tf.Conv2D, { x, filter }, attrs);
}

/**
 * Convolution over height and width, and the two kernels that are its gradients: the one by the input is also
 * `conv2dTranspose`. Each of the three is linear in both operands, so each one's gradients are the other two.
 */
export const convolution2D: readonly tf.GradConfig[] = [
  fromInputs(tf.Conv2D, ['x', 'filter'], (dy, [x, filter], attrs: Conv2DAttrs) => ({
    x: () => inputGradient(dy, filter, x.shape, attrs),
    filter: () => filterGradient(x, dy, filter.shape, attrs),
  })),
  fromInputs(tf.Conv2DBackpropInput, ['dy', 'filter'], (ddx, [dy, filter], gradAttrs: tf.Conv2DBackpropInputAttrs) => {
    const attrs = { ...gradAttrs, dilations: 1 };
    return {
      dy: () => convolution(ddx, filter, attrs),
      filter: () => filterGradient(ddx, dy, filter.shape, attrs),
    };
  }),
  fromInputs(tf.Conv2DBackpropFilter, ['x', 'dy'], (ddw, [x, dy], gradAttrs: tf.Conv2DBackpropFilterAttrs) => {
    const attrs = { ...gradAttrs, dilations: 1 };
    return {
      x: () => inputGradient(dy, ddw, x.shape, attrs),
      dy: () => convolution(x, ddw, attrs),
    };
  }),
];
