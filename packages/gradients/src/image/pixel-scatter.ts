import * as tf from '@tensorflow/tfjs-core';
import { scatterRows } from '../indexing/gather-and-scatter.ts';
import { multiply, reshape } from '../kernel-calls.ts';

/** For each pixel of a result: the pixel of the image that it was read from, and with what weight. */
export interface PixelReads {
  /** int32 index into the pixels of an image; any value where the weight is 0. [batch or 1, pixels]. */
  readonly pixels: tf.Tensor;
  /** 0 where the pixel lies outside of the image. [batch or 1, pixels]. */
  readonly weights: tf.Tensor;
}

/**
 * Adds the gradient of each pixel of the result to the pixel of the image that it was read from.
 *
 * @param dy [batch, outHeight, outWidth, channels].
 * @param imageShape [batch, height, width, channels].
 */
export function scatterToPixels(dy: tf.Tensor, reads: PixelReads, imageShape: readonly number[]): tf.Tensor {
  const [batch, height, width, channels] = imageShape as [number, number, number, number];
  const perImage = dy.size / (batch * channels);
  const weighted = multiply(
    reshape(dy, [batch, perImage, channels]),
    reshape(reads.weights, [...reads.weights.shape, 1]),
  );
  const starts = tf.range(0, batch * height * width, height * width, 'int32');
  const indices = tf.add(reads.pixels, reshape(starts, [batch, 1]));
  const table = scatterRows(reshape(weighted, [batch * perImage, channels]), indices, batch * height * width);
  return reshape(table, imageShape);
}
