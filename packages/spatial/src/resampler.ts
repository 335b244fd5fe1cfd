import { offTape, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Samples images at points between their pixels, by bilinear interpolation; outside there is zero.
 *
 * The centre of a pixel is at whole numbers: (0, 0) is the first pixel of the first row, (1, 0) the one to its right. A
 * point less than one pixel outside mixes with zero; what lies further out, or is not finite, is zero and has no gradient.
 * Gradients flow to the images and to the points, on every backend.
 *
 * @param data The images: float32 [batchSize, height, width, channels].
 * @param warp The points, x first: float32 [batchSize, ..., 2], such as an {@link AffineGridWarper} gives.
 * @returns float32 [batchSize, ..., channels].
 * @throws ValueError when an argument has another shape or dtype, or the batch sizes differ.
 * @throws TypeError when an argument is no tensor.
 *
 * TensorFlow 1: `tf.contrib.resampler.resampler`.
 *
 * @example
 * ```ts
 * import { resampler } from '@sonnetjs/spatial';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * const points = tf.tensor3d([[[0, 0], [0.5, 0], [0.5, 0.5], [1.5, 1], [7, 0]]]);
 * assert.deepEqual(resampler(image, points).dataSync(), Float32Array.of(1, 1.5, 2.5, 2, 0));
 * ```
 */
export function resampler(data: tf.Tensor, warp: tf.Tensor): tf.Tensor {
  checkArguments(data, warp);
  const outputShape = [...warp.shape.slice(0, -1), data.shape[3] as number];
  if (data.size === 0 || warp.size === 0) return tf.zeros(outputShape);
  return tf.tidy(() => {
    const size = sizeOf(data);
    const { x, y, left, top } = locate(warp, size);
    // A border of zeros is what a point just outside mixes with.
    const bordered = tf.pad(data, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const pixels = tf.reshape(bordered, [-1, size.channels]);
    const first = offTape(() => pixelNumbers(left, top, size));
    const around = (offset: number): tf.Tensor =>
      tf.gatherND(
        pixels,
        offTape(() => tf.reshape(tf.add(first, integer(offset)), [-1, 1])),
      );
    const [toRight, toBottom] = [fraction(x, left), fraction(y, top)];
    const above = interpolate(around(0), around(1), toRight);
    const below = interpolate(around(size.width + 2), around(size.width + 3), toRight);
    return tf.reshape(interpolate(above, below, toBottom), outputShape);
  });
}

interface ImageSize {
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function sizeOf({ shape }: tf.Tensor): ImageSize {
  const [batchSize, height, width, channels] = shape as [number, number, number, number];
  return { batchSize, height, width, channels };
}

/** The coordinates of all points, and the pixels to their upper left: four tensors [numPoints]. */
interface Locations {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly left: tf.Tensor;
  readonly top: tf.Tensor;
}

/** Points that see nothing of their image go to (width, -1): the pixels counted on from there are all in the border. */
function locate(warp: tf.Tensor, { height, width }: ImageSize): Locations {
  // Vectors of x and of y: kernels are slow along dimensions of two elements.
  const [anyX, anyY] = tf.unstack(tf.transpose(tf.reshape(warp, [-1, 2]))) as [tf.Tensor, tf.Tensor];
  const isNear = tf.logicalAnd(isBetween(anyX, -1, width), isBetween(anyY, -1, height));
  const x = tf.where(isNear, anyX, tf.fill(anyX.shape, width));
  const y = tf.where(isNear, anyY, tf.fill(anyY.shape, -1));
  return { x, y, left: offTape(() => tf.floor(x)), top: offTape(() => tf.floor(y)) };
}

function isBetween(values: tf.Tensor, min: number, max: number): tf.Tensor {
  return tf.logicalAnd(tf.greater(values, min), tf.less(values, max));
}

/** The number of each pixel among all pixels of all images, borders included: int32 [numPoints]. */
function pixelNumbers(left: tf.Tensor, top: tf.Tensor, { batchSize, height, width }: ImageSize): tf.Tensor {
  const rowLength = width + 2;
  const imageSize = rowLength * (height + 2);
  const rows = tf.mul(tf.cast(top, 'int32'), integer(rowLength));
  const inImage = tf.add(tf.add(rows, tf.cast(left, 'int32')), integer(rowLength + 1));
  const images = tf.reshape(tf.range(0, batchSize * imageSize, imageSize, 'int32'), [batchSize, 1]);
  return tf.reshape(tf.add(tf.reshape(inImage, [batchSize, -1]), images), [-1]);
}

function integer(value: number): tf.Scalar {
  return tf.scalar(value, 'int32');
}

/** How far points lie beyond their pixels: [numPoints, 1], from 0 to 1. */
function fraction(coordinates: tf.Tensor, pixels: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.sub(coordinates, pixels), [-1, 1]);
}

function interpolate(from: tf.Tensor, to: tf.Tensor, by: tf.Tensor): tf.Tensor {
  return tf.add(from, tf.mul(tf.sub(to, from), by));
}

function checkArguments(data: tf.Tensor, warp: tf.Tensor): void {
  for (const [name, value] of [
    ['data', data],
    ['warp', warp],
  ] as const) {
    if (!(value instanceof tf.Tensor))
      throw new TypeError(`resampler: ${name} must be a tensor; got ${String(value)}.`);
    if (value.dtype !== 'float32') throw new ValueError(`resampler: ${name} must be float32; got ${value.dtype}.`);
  }
  if (data.rank !== 4) {
    throw new ValueError(
      `resampler: data must be images, [batchSize, height, width, channels]; got [${data.shape.join(', ')}].`,
    );
  }
  if (warp.rank < 2 || warp.shape.at(-1) !== 2) {
    throw new ValueError(
      `resampler: warp must be points of two coordinates, [batchSize, ..., 2]; got [${warp.shape.join(', ')}].`,
    );
  }
  if (data.shape[0] !== warp.shape[0]) {
    throw new ValueError(
      `resampler: data and warp must have the same batch size; got ${data.shape[0]} (data [${data.shape.join(', ')}]) ` +
        `and ${warp.shape[0]} (warp [${warp.shape.join(', ')}]).`,
    );
  }
}
