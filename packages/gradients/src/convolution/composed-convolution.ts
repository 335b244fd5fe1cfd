import * as tf from '@tensorflow/tfjs-core';
import { permuted, spreadOut, windowOf } from '../layout.ts';

/** The arithmetic of a convolution over any number of spatial axes, one entry for each of them. */
export interface ConvolutionGeometry {
  readonly inputSizes: readonly number[];
  readonly filterSizes: readonly number[];
  readonly outputSizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** How far the first window reaches over the start of the input. */
  readonly padBefore: readonly number[];
}

/** A convolution without padding. Inputs are `[batch, …spatial, channels]`, filters `[…spatial, in, out]`. */
export type Convolve = (
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: readonly number[],
  dilations: readonly number[],
) => tf.Tensor;

/** How many positions a dilated filter covers, on each axis. */
function reach({ filterSizes, dilations }: ConvolutionGeometry): number[] {
  return filterSizes.map((size, axis) => (size - 1) * (dilations[axis] as number) + 1);
}

/**
 * Prepares an output's gradient for the convolution that is the gradient by the input: zeros between its positions where
 * the convolution had strides, and a border so that the result has the size of the input.
 *
 * @param dy [batch, …outputSizes, channels].
 */
export function outputGradientForInput(dy: tf.Tensor, geometry: ConvolutionGeometry): tf.Tensor {
  const covered = reach(geometry);
  let spread = dy;
  geometry.strides.forEach((stride, axis) => {
    spread = spreadOut(spread, axis + 1, stride);
  });
  const begin = covered.map((size, axis) => (geometry.padBefore[axis] as number) + 1 - size);
  const sizes = geometry.inputSizes.map((size, axis) => size + (covered[axis] as number) - 1);
  return windowOf(spread, [0, ...begin, 0], [dy.shape[0] as number, ...sizes, dy.shape.at(-1) as number]);
}

/**
 * Prepares an input for the convolution that is the gradient by the filter: exactly what the windows covered.
 *
 * @param x [batch, …inputSizes, channels].
 */
export function inputForFilter(x: tf.Tensor, geometry: ConvolutionGeometry): tf.Tensor {
  const covered = reach(geometry);
  const sizes = geometry.outputSizes.map(
    (size, axis) => (size - 1) * (geometry.strides[axis] as number) + (covered[axis] as number),
  );
  const begin = geometry.padBefore.map((before) => -before);
  return windowOf(x, [0, ...begin, 0], [x.shape[0] as number, ...sizes, x.shape.at(-1) as number]);
}

/** The gradient of a convolution by its input: a convolution with the filter turned around. */
export function composedInputGradient(
  dy: tf.Tensor,
  filter: tf.Tensor,
  geometry: ConvolutionGeometry,
  convolve: Convolve,
): tf.Tensor {
  const spatial = geometry.strides.map((_, axis) => axis);
  const [inAxis, outAxis] = [spatial.length, spatial.length + 1];
  const turned = permuted(tf.reverse(filter, spatial), [...spatial, outAxis, inAxis]);
  return convolve(
    outputGradientForInput(dy, geometry),
    turned,
    spatial.map(() => 1),
    geometry.dilations,
  );
}

/**
 * The gradient of a convolution by its filter: a convolution in which the input's channels are the batch, the batch is
 * the channels, the output's gradient is the filter, and strides and dilations have changed places.
 */
export function composedFilterGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  geometry: ConvolutionGeometry,
  convolve: Convolve,
): tf.Tensor {
  const spatial = geometry.strides.map((_, axis) => axis + 1);
  const last = spatial.length + 1;
  const input = permuted(inputForFilter(x, geometry), [last, ...spatial, 0]);
  const filter = permuted(dy, [...spatial, 0, last]);
  const gradient = convolve(input, filter, geometry.dilations, geometry.strides);
  return permuted(gradient, [...spatial, 0, last]);
}
