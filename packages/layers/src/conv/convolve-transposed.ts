import * as tf from '@tensorflow/tfjs-core';
import { asImages, asSequences } from './convolve.ts';
import { type ConvOpPadding, exceedsKernel, type PadAmount, SAME, samePadAmounts } from './padding.ts';

type Pair = [number, number];
type Shape4D = [number, number, number, number];

/** The sizes of a transposed convolution, one for each spatial dimension. */
interface TransposedMovement {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly padding: ConvOpPadding;
  /** The sizes of the outputs. The convolution in the other direction must map them to those of the inputs. */
  readonly outputSizes: readonly number[];
}

/**
 * The transpose of a convolution over one, two or three spatial dimensions: what that convolution's gradient by its inputs
 * does to a gradient.
 *
 * @param x [batch, ...spatial, inputChannels].
 * @param w [...kernel, outputChannels, inputChannels]; for one spatial dimension with a 1 before it.
 * @returns [batch, ...outputSizes, outputChannels].
 */
export function convolveTransposed(x: tf.Tensor, w: tf.Tensor, movement: TransposedMovement): tf.Tensor {
  const { kernelShape, strides, padding, outputSizes } = movement;
  if (padding !== SAME) return withoutPadding(x, w, movement);
  if (strides.length < 3 && !exceedsKernel(strides, kernelShape)) return imagesTransposed(x, w, movement, 'same');
  const amounts = samePadAmounts(outputSizes, kernelShape, strides);
  const paddedSizes = outputSizes.map((size, axis) => {
    const [before, after] = amounts[axis] as PadAmount;
    return before + size + after;
  });
  const padded = withoutPadding(x, w, { ...movement, outputSizes: paddedSizes });
  const begins = amounts.map(([before]) => before);
  const shape = [x.shape[0] as number, ...outputSizes, w.shape.at(-2) as number];
  return tf.slice(padded, [0, ...begins, 0], shape);
}

/** The transpose of a convolution with VALID padding. */
function withoutPadding(x: tf.Tensor, w: tf.Tensor, movement: TransposedMovement): tf.Tensor {
  return movement.strides.length === 3 ? volumesTransposed(x, w, movement) : imagesTransposed(x, w, movement, 'valid');
}

/** With one or two spatial dimensions, by the op. */
function imagesTransposed(
  x: tf.Tensor,
  w: tf.Tensor,
  { strides, outputSizes }: TransposedMovement,
  pad: 'same' | 'valid',
): tf.Tensor {
  const filter = w as tf.Tensor4D;
  const [batch, channels] = [x.shape[0] as number, w.shape.at(-2) as number];
  if (strides.length === 2) {
    const shape = [batch, ...outputSizes, channels] as Shape4D;
    return tf.conv2dTranspose(x as tf.Tensor4D, filter, shape, strides as Pair, pad);
  }
  const shape = [batch, 1, ...outputSizes, channels] as Shape4D;
  return asSequences(tf.conv2dTranspose(asImages(x), filter, shape, [1, ...strides] as Pair, pad));
}

/**
 * With three spatial dimensions and VALID padding, as a convolution of inputs that are spread out with the kernel turned
 * around: the op `conv3dTranspose` is wrong on tfjs's wasm backend.
 */
function volumesTransposed(
  x: tf.Tensor,
  w: tf.Tensor,
  { kernelShape, strides, outputSizes }: TransposedMovement,
): tf.Tensor {
  let spread = x;
  strides.forEach((stride, axis) => {
    spread = spreadOut(spread, axis + 1, stride);
  });
  const kept = outputSizes.map((size, axis) => Math.min(size, spread.shape[axis + 1] as number));
  const cut = tf.slice(spread, [0, 0, 0, 0, 0], [x.shape[0] as number, ...kept, x.shape[4] as number]);
  const amounts = kernelShape.map(
    (kernelSize, axis): PadAmount => [kernelSize - 1, (outputSizes[axis] as number) - (kept[axis] as number)],
  );
  const padded = tf.pad(cut, [[0, 0], ...amounts, [0, 0]]);
  const turned = tf.transpose(tf.reverse(w, [0, 1, 2]), [0, 1, 2, 4, 3]);
  return tf.conv3d(padded as tf.Tensor5D, turned as tf.Tensor5D, 1, 'valid');
}

/** `x` with `stride - 1` zeros after every element of a dimension. */
function spreadOut(x: tf.Tensor, axis: number, stride: number): tf.Tensor {
  if (stride === 1) return x;
  const size = x.shape[axis] as number;
  const before = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const after = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const separate: tf.Tensor = tf.reshape(x, [before, size, 1, after]);
  const gaps: PadAmount[] = [
    [0, 0],
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ];
  return tf.reshape(tf.pad(separate, gaps), x.shape.with(axis, size * stride));
}
