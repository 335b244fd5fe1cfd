import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { shown } from './shown.ts';

type Pair = [number, number];
type Triple = [number, number, number];

/** How a kernel moves over its inputs; one stride and one rate for each spatial dimension. */
export interface Movement {
  readonly strides: readonly number[];
  /** Distances between the positions of the kernel. Above 1 only where all strides are 1. */
  readonly rates: readonly number[];
  /** What the op itself pads. */
  readonly pad: 'same' | 'valid';
}

/**
 * Convolution over one, two or three spatial dimensions.
 *
 * @param x [batch, ...spatial, inputChannels].
 * @param w [...kernel, inputChannels, outputChannels].
 * @returns [batch, ...spatial, outputChannels].
 */
export function convolve(x: tf.Tensor, w: tf.Tensor, { strides, rates, pad }: Movement): tf.Tensor {
  if (strides.length === 3) {
    return tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides as Triple, pad, 'NDHWC', rates as Triple);
  }
  if (strides.length === 2) {
    return tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides as Pair, pad, 'NHWC', rates as Pair);
  }
  const filter = tf.reshape(w, [1, ...(w.shape as Triple)]) as tf.Tensor4D;
  const outputs = tf.conv2d(asImages(x), filter, [1, ...strides] as Pair, pad, 'NHWC', [1, ...rates] as Pair);
  return asSequences(outputs);
}

/**
 * Convolution of every channel on its own, over one or two spatial dimensions.
 *
 * @param x [batch, ...spatial, channels].
 * @param w [height, width, channels, multiplier]; for one spatial dimension the height is 1.
 * @returns [batch, ...spatial, channels * multiplier].
 */
export function convolveDepthwise(x: tf.Tensor, w: tf.Tensor, { strides, rates, pad }: Movement): tf.Tensor {
  const filter = w as tf.Tensor4D;
  if (strides.length === 2) {
    return tf.depthwiseConv2d(x as tf.Tensor4D, filter, strides as Pair, pad, 'NHWC', rates as Pair);
  }
  const steps = [1, ...strides] as Pair;
  return asSequences(tf.depthwiseConv2d(asImages(x), filter, steps, pad, 'NHWC', [1, ...rates] as Pair));
}

/**
 * Mixes channels, the same way at every position: a convolution with a kernel of size 1.
 *
 * @param x [batch, ...spatial, inputChannels].
 * @param w [1, 1, inputChannels, outputChannels].
 * @returns [batch, ...spatial, outputChannels].
 */
export function mixChannels(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  const [inputChannels, outputChannels] = w.shape.slice(2) as Pair;
  const mixed = tf.matMul(tf.reshape(x, [-1, inputChannels]), tf.reshape(w, [inputChannels, outputChannels]));
  return tf.reshape(mixed, [...x.shape.slice(0, -1), outputChannels]);
}

/** Sequences as images of one row: [batch, width, channels] as [batch, 1, width, channels]. */
export function asImages(x: tf.Tensor): tf.Tensor4D {
  const [batch, width, channels] = x.shape as Triple;
  return tf.reshape(x, [batch, 1, width, channels]);
}

/** Images of one row as sequences. */
export function asSequences(x: tf.Tensor): tf.Tensor {
  const [batch, , width, channels] = x.shape as [number, number, number, number];
  return tf.reshape(x, [batch, width, channels]);
}

/** How many positions a dilated kernel covers, from its first to its last. */
function coveredSize(kernelSize: number, rate: number): number {
  return (kernelSize - 1) * rate + 1;
}

/**
 * Checks that the kernel fits into what it moves over.
 *
 * @param shape [batch, ...spatial, channels] after padding.
 * @throws ValueError when an output would be empty.
 */
export function checkKernelFits(
  shape: readonly number[],
  kernelShape: readonly number[],
  { rates, pad }: Movement,
  where: object,
): void {
  if (pad === 'same') return;
  if (kernelShape.every((size, axis) => coveredSize(size, rates[axis] as number) <= (shape[axis + 1] as number)))
    return;
  const covered = kernelShape.map((size, axis) => coveredSize(size, rates[axis] as number));
  throw new ValueError(
    `${where}: the kernel covers ${shown(covered)} positions (shape ${shown(kernelShape)}, rate ${shown(rates)}), but the ` +
      `inputs have only ${shown(shape.slice(1, -1))} after padding. Use larger inputs, a smaller kernel or more padding.`,
  );
}
