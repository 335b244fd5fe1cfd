import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionGeometry } from '../convolution/composed-convolution.ts';
import { fromInputs } from '../gradient-config.ts';
import { add, multiply, reshape, runKernel, zeros } from '../kernel-calls.ts';
import { sliced } from '../layout.ts';
import { firstLargest, valuesAtPositions, windowPositions } from './window-positions.ts';

function geometryOf(x: tf.Tensor, filter: tf.Tensor, attrs: tf.Dilation2DAttrs): ConvolutionGeometry {
  const info = tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    attrs.strides,
    attrs.pad,
    'NHWC',
    attrs.dilations,
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

/** The filter's value at a position, for every channel. */
function filterAt(filter: tf.Tensor, position: readonly number[]): tf.Tensor {
  const channels = filter.shape[2] as number;
  return reshape(sliced(filter, [...position, 0], [1, 1, channels]), [channels]);
}

/** For each position of the window, 1 where the sum of input and filter is the one that became the output. */
function chosenPositions(x: tf.Tensor, filter: tf.Tensor, geometry: ConvolutionGeometry): tf.Tensor[] {
  const positions = windowPositions(geometry);
  const sums = valuesAtPositions(x, geometry, Number.NEGATIVE_INFINITY).map((values, i) =>
    add(values, filterAt(filter, positions[i] as number[])),
  );
  return firstLargest(
    sums,
    sums.reduce((a, b) => tf.maximum(a, b)),
  );
}

/** For each window, what `ddx` holds where the input was chosen. */
function atChosenInputs(ddx: tf.Tensor, x: tf.Tensor, filter: tf.Tensor, attrs: tf.Dilation2DAttrs): tf.Tensor {
  const geometry = geometryOf(x, filter, attrs);
  const chosen = chosenPositions(x, filter, geometry);
  return valuesAtPositions(ddx, geometry, 0)
    .map((values, i) => multiply(chosen[i] as tf.Tensor, values))
    .reduce(add);
}

/** For each window, what `ddw` holds where the filter was chosen. */
function atChosenFilter(ddw: tf.Tensor, x: tf.Tensor, filter: tf.Tensor, attrs: tf.Dilation2DAttrs): tf.Tensor {
  const geometry = geometryOf(x, filter, attrs);
  const chosen = chosenPositions(x, filter, geometry);
  return windowPositions(geometry)
    .map((position, i) => multiply(chosen[i] as tf.Tensor, filterAt(ddw, position)))
    .reduce(add);
}

function gradientKernel(kernelName: string, atChosen: typeof atChosenInputs): tf.GradConfig {
  return fromInputs(kernelName, ['x', 'filter'], (ddx, [x, filter], attrs: tf.Dilation2DAttrs) => ({
    x: () => zeros(x.shape),
    filter: () => zeros(filter.shape),
    dy: () => atChosen(ddx, x, filter, attrs),
  }));
}

/** Morphological dilation, the largest sum of input and filter in each window, and its gradient kernels. */
export const dilation2D: readonly tf.GradConfig[] = [
  fromInputs(tf.Dilation2D, ['x', 'filter'], (dy, [x, filter], attrs: tf.Dilation2DAttrs) => ({
    x: () => runKernel(tf.Dilation2DBackpropInput, { x, filter, dy }, attrs),
    filter: () => runKernel(tf.Dilation2DBackpropFilter, { x, filter, dy }, attrs),
  })),
  gradientKernel(tf.Dilation2DBackpropInput, atChosenInputs),
  gradientKernel(tf.Dilation2DBackpropFilter, atChosenFilter),
];
