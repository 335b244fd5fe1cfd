import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionGeometry } from '../convolution/composed-convolution.ts';
import { float, multiply, subtract } from '../kernel-calls.ts';
import { everyNth, spreadOut, windowOf } from '../layout.ts';

/** All positions within a window, in row-major order. */
export function windowPositions({ filterSizes }: ConvolutionGeometry): number[][] {
  return filterSizes.reduce<number[][]>(
    (positions, size) => positions.flatMap((start) => Array.from({ length: size }, (_, i) => [...start, i])),
    [[]],
  );
}

/**
 * What each position of the window meets as the window moves over an input.
 *
 * @param x [batch, …inputSizes, channels].
 * @param outside The value around the input.
 * @returns For each of `windowPositions`, [batch, …outputSizes, channels].
 */
export function valuesAtPositions(x: tf.Tensor, geometry: ConvolutionGeometry, outside: number): tf.Tensor[] {
  const { filterSizes, outputSizes, strides, dilations, padBefore } = geometry;
  const sizes = outputSizes.map((count, axis) => {
    const [stride, dilation] = [strides[axis] as number, dilations[axis] as number];
    return stride * (count + Math.floor((((filterSizes[axis] as number) - 1) * dilation) / stride));
  });
  const begin = padBefore.map((before) => -before);
  const covered = windowOf(x, [0, ...begin, 0], [x.shape[0] as number, ...sizes, x.shape.at(-1) as number], outside);
  return outputSizes.reduce<tf.Tensor[]>(
    (parts, count, axis) =>
      parts.flatMap((part) =>
        Array.from({ length: filterSizes[axis] as number }, (_, position) =>
          everyNth(part, axis + 1, position * (dilations[axis] as number), count, strides[axis] as number),
        ),
      ),
    [covered],
  );
}

/** The transpose of `valuesAtPositions` for one position: where in an input its values came from, and zeros elsewhere. */
export function placeAtPosition(
  values: tf.Tensor,
  position: readonly number[],
  { inputSizes, strides, dilations, padBefore }: ConvolutionGeometry,
): tf.Tensor {
  const spread = strides.reduce((all, stride, axis) => spreadOut(all, axis + 1, stride), values);
  const begin = position.map((index, axis) => (padBefore[axis] as number) - index * (dilations[axis] as number));
  return windowOf(spread, [0, ...begin, 0], [values.shape[0] as number, ...inputSizes, values.shape.at(-1) as number]);
}

/**
 * For each position of the window, 1 where it holds the window's largest value and 0 elsewhere. Of equal values the first
 * is chosen, so that each window has exactly one 1.
 */
export function firstLargest(values: readonly tf.Tensor[], largest: tf.Tensor): tf.Tensor[] {
  let open: tf.Tensor | undefined;
  return values.map((value, i) => {
    const equal = float(tf.equal(value, largest));
    const chosen = open === undefined ? equal : multiply(equal, open);
    if (i < values.length - 1) open = open === undefined ? tf.sub(1, chosen) : subtract(open, chosen);
    return chosen;
  });
}
