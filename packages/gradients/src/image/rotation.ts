import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { type PixelReads, scatterToPixels } from './pixel-scatter.ts';

/** Where each pixel of a rotated image was read from: the nearest pixel of the image turned about its centre. */
function rotationReads(height: number, width: number, { radians, center }: tf.RotateWithOffsetAttrs): PixelReads {
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, height, width);
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const pixels = new Int32Array(height * width);
  const weights = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [column - centerX, row - centerY];
      const sourceX = Math.round(x * cos - y * sin + centerX);
      const sourceY = Math.round(x * sin + y * cos + centerY);
      if (sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height) continue;
      pixels[row * width + column] = sourceY * width + sourceX;
      weights[row * width + column] = 1;
    }
  }
  return { pixels: tf.tensor2d(pixels, [1, height * width]), weights: tf.tensor2d(weights, [1, height * width]) };
}

/** Rotation of images about a centre. */
export const rotation: readonly tf.GradConfig[] = [
  fromInputs(tf.RotateWithOffset, ['image'], (dy, [image], attrs: tf.RotateWithOffsetAttrs) => ({
    image: () => {
      const [, height, width] = image.shape as [number, number, number, number];
      return scatterToPixels(dy, rotationReads(height, width, attrs), image.shape);
    },
  })),
];
