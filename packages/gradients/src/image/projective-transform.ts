import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { add, divide, float, multiply, subtract } from '../kernel-calls.ts';
import { sliced } from '../layout.ts';
import { type PixelReads, scatterToPixels } from './pixel-scatter.ts';

/** Coordinates on the image of every pixel of the result, each [batch or 1, pixels]. */
interface Coordinates {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** The row and the column of every pixel of an image, [pixels] each. */
function pixelGrid(height: number, width: number): Coordinates {
  const indices = Array.from({ length: height * width }, (_, i) => i);
  return {
    x: tf.tensor1d(indices.map((i) => i % width)),
    y: tf.tensor1d(indices.map((i) => Math.floor(i / width))),
  };
}

/** The projective map of the pixels of the result to the image. */
function project(transforms: tf.Tensor, { x, y }: Coordinates): Coordinates {
  const coefficient = (i: number): tf.Tensor => sliced(transforms, [0, i], [transforms.shape[0] as number, 1]);
  const linear = (i: number): tf.Tensor => add(multiply(coefficient(i), x), multiply(coefficient(i + 1), y));
  const depth = tf.add(linear(6), 1);
  return {
    x: divide(add(linear(0), coefficient(2)), depth),
    y: divide(add(linear(3), coefficient(5)), depth),
  };
}

/** `x` divided by `by`, without the fraction. */
function wholeMultiples(x: tf.Tensor, by: number): tf.Tensor {
  return tf.floor(tf.div(x, by));
}

function clampTo(x: tf.Tensor, size: number): tf.Tensor {
  return tf.clipByValue(x, 0, size - 1);
}

/** [abcd] continues as [dcba|abcd|dcba]. */
function reflected(coordinate: tf.Tensor, size: number): tf.Tensor {
  const period = 2 * size;
  const before = subtract(coordinate, tf.mul(tf.ceil(tf.div(coordinate, period)), period));
  const turnedBefore = tf.where(tf.less(before, -size), tf.add(before, period), tf.sub(-1, before));
  const after = subtract(coordinate, tf.mul(wholeMultiples(coordinate, period), period));
  const turnedAfter = tf.where(tf.greaterEqual(after, size), tf.sub(period - 1, after), after);
  const outside = tf.where(tf.greater(coordinate, size - 1), turnedAfter, coordinate);
  return clampTo(tf.where(tf.less(coordinate, 0), turnedBefore, outside), size);
}

/** [abcd] continues as [abcd|abcd|abcd]. */
function wrapped(coordinate: tf.Tensor, size: number): tf.Tensor {
  const before = add(coordinate, tf.mul(tf.add(wholeMultiples(tf.neg(coordinate), size - 1), 1), size));
  const after = subtract(coordinate, tf.mul(wholeMultiples(coordinate, size - 1), size));
  const outside = tf.where(tf.greater(coordinate, size - 1), after, coordinate);
  return clampTo(tf.where(tf.less(coordinate, 0), before, outside), size);
}

/** A coordinate outside of the image, as the fill mode continues the image. */
function continued(coordinate: tf.Tensor, size: number, fillMode: tf.TransformAttrs['fillMode']): tf.Tensor {
  if (fillMode === 'constant') return coordinate;
  if (fillMode === 'nearest' || size <= 1) return clampTo(coordinate, size);
  return fillMode === 'reflect' ? reflected(coordinate, size) : wrapped(coordinate, size);
}

/** Reads of whole coordinates: the weight counts where they are on the image. */
function readsAt({ x, y }: Coordinates, weight: tf.Tensor | undefined, height: number, width: number): PixelReads {
  const insideX = tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, width - 1));
  const insideY = tf.logicalAnd(tf.greaterEqual(y, 0), tf.lessEqual(y, height - 1));
  const inside = tf.logicalAnd(insideX, insideY);
  const index = add(tf.mul(clampTo(y, height), width), clampTo(x, width));
  // A pixel at infinity has no index: its 0/0 must not reach the scatter.
  const pixels = tf.cast(tf.where(inside, index, tf.zerosLike(index)), 'int32');
  const weights = weight === undefined ? float(inside) : tf.where(inside, weight, tf.zerosLike(weight));
  return { pixels, weights };
}

function readsOf(coordinates: Coordinates, interpolation: string, height: number, width: number): PixelReads[] {
  if (interpolation === 'nearest') {
    // A half is rounded up.
    const nearest = { x: tf.floor(tf.add(coordinates.x, 0.5)), y: tf.floor(tf.add(coordinates.y, 0.5)) };
    return [readsAt(nearest, undefined, height, width)];
  }
  const [left, top] = [tf.floor(coordinates.x), tf.floor(coordinates.y)];
  const [fractionX, fractionY] = [subtract(coordinates.x, left), subtract(coordinates.y, top)];
  const corners = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const;
  return corners.map(([dx, dy]) => {
    const weightX = dx === 1 ? fractionX : tf.sub(1, fractionX);
    const weightY = dy === 1 ? fractionY : tf.sub(1, fractionY);
    return readsAt({ x: tf.add(left, dx), y: tf.add(top, dy) }, multiply(weightX, weightY), height, width);
  });
}

function imageGradient(dy: tf.Tensor, image: tf.Tensor, transforms: tf.Tensor, attrs: tf.TransformAttrs): tf.Tensor {
  const [, height, width] = image.shape as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const projected = project(transforms, pixelGrid(outHeight, outWidth));
  const coordinates = {
    x: continued(projected.x, width, attrs.fillMode),
    y: continued(projected.y, height, attrs.fillMode),
  };
  return readsOf(coordinates, attrs.interpolation, height, width)
    .map((reads) => scatterToPixels(dy, reads, image.shape))
    .reduce(add);
}

/** Projective transformation of images. As in TensorFlow there is a gradient by the image only. */
export const projectiveTransform: readonly tf.GradConfig[] = [
  fromInputs(tf.Transform, ['image', 'transforms'], (dy, [image, transforms], attrs: tf.TransformAttrs) => ({
    image: () => imageGradient(dy, image, transforms, attrs),
    transforms: () => {
      throw new Error(
        'tf.image.transform has no gradient by its transforms. Write the sampling with tf.gather instead.',
      );
    },
  })),
];
