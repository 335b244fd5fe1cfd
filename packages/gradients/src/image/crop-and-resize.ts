import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { scatterRows } from '../indexing/gather-and-scatter.ts';
import { float, multiply, negative, reshape, subtract, sumOver, zeros } from '../kernel-calls.ts';
import { sliced } from '../layout.ts';

type Shape4D = [number, number, number, number];

/** One axis of all crops. */
interface Axis {
  /** Where each pixel of the crop lies on the image, [boxes, cropSize]. */
  readonly coordinates: tf.Tensor;
  /** How the coordinates depend on the box's first and second edge: two rows, [cropSize] each. */
  readonly slopes: readonly [first: tf.Tensor, second: tf.Tensor];
  readonly imageSize: number;
}

/** @param edges The column of `boxes` that holds the axis's first edge; the second is two columns on. */
function cropAxis(boxes: tf.Tensor, edges: number, imageSize: number, cropSize: number): Axis {
  const count = boxes.shape[0] as number;
  const along = Array.from({ length: cropSize }, (_, i) => (cropSize > 1 ? i / (cropSize - 1) : 0.5));
  const slopes = [
    tf.tensor1d(along.map((t) => (1 - t) * (imageSize - 1))),
    tf.tensor1d(along.map((t) => t * (imageSize - 1))),
  ] as const;
  const edge = (column: number): tf.Tensor => sliced(boxes, [0, column], [count, 1]);
  const coordinates = tf.add(multiply(edge(edges), slopes[0]), multiply(edge(edges + 2), slopes[1]));
  return { coordinates, slopes, imageSize };
}

/** Signed distance of every crop pixel to every image pixel of the axis, [boxes, cropSize, imageSize]. */
function distances({ coordinates, imageSize }: Axis): tf.Tensor {
  const positions = tf.range(0, imageSize, 1, 'float32');
  return subtract(reshape(coordinates, [...coordinates.shape, 1]), positions);
}

/** 1 where the crop pixel lies on the image and 0 where it was extrapolated, [boxes, cropSize, 1]. */
function within({ coordinates, imageSize }: Axis): tf.Tensor {
  const inside = tf.logicalAnd(tf.greaterEqual(coordinates, 0), tf.lessEqual(coordinates, imageSize - 1));
  return reshape(float(inside), [...coordinates.shape, 1]);
}

/** How much each image pixel of the axis contributes to each crop pixel, [boxes, cropSize, imageSize]. */
function weights(axis: Axis, method: string): tf.Tensor {
  if (method === 'bilinear') return multiply(tf.relu(tf.sub(1, tf.abs(distances(axis)))), within(axis));
  // A half is rounded up.
  const rounded = { ...axis, coordinates: tf.floor(tf.add(axis.coordinates, 0.5)) };
  return multiply(float(tf.equal(distances(rounded), 0)), within(axis));
}

/** The derivative of the bilinear weights by the coordinate. */
function weightSlopes(axis: Axis): tf.Tensor {
  const distance = distances(axis);
  const near = float(tf.less(tf.abs(distance), 1));
  return multiply(negative(multiply(tf.sign(distance), near)), within(axis));
}

/** `weights` [boxes, from, to] over the rows of `pixels` [boxes, to, …], or transposed over [boxes, from, …]. */
function overRows(weights: tf.Tensor, pixels: tf.Tensor, transposed = false): tf.Tensor {
  const [boxes, rows] = pixels.shape as [number, number];
  const product = tf.matMul(weights, reshape(pixels, [boxes, rows, pixels.size / (boxes * rows)]), transposed);
  return reshape(product, [boxes, product.shape[1] as number, ...pixels.shape.slice(2)]);
}

/** The same over the columns of `pixels` [boxes, rows, columns, channels]. */
function overColumns(weights: tf.Tensor, pixels: tf.Tensor, transposed = false): tf.Tensor {
  return tf.transpose(overRows(weights, tf.transpose(pixels, [0, 2, 1, 3]), transposed), [0, 2, 1, 3]);
}

/** By the coordinates of one axis, from the crop's gradient and the image resized along the other axis. */
function coordinateGradient(dy: tf.Tensor, other: tf.Tensor, axis: Axis): tf.Tensor {
  const [boxes, cropSize] = dy.shape as Shape4D;
  const flat = (t: tf.Tensor): tf.Tensor => reshape(t, [boxes, t.shape[1] as number, dy.size / (boxes * cropSize)]);
  return sumOver(multiply(tf.matMul(flat(dy), flat(other), false, true), weightSlopes(axis)), 2);
}

/** By the two edges of the boxes that an axis's coordinates come from, [boxes, 1] each. */
function edgeGradients(gradient: tf.Tensor, { slopes }: Axis): tf.Tensor[] {
  return slopes.map((slope) => sumOver(multiply(gradient, slope), 1, true));
}

function cropGradients(
  dy: tf.Tensor,
  [image, boxes, boxInd]: [tf.Tensor, tf.Tensor, tf.Tensor],
  { method, cropSize }: tf.CropAndResizeAttrs,
) {
  const [batch, height, width] = image.shape as Shape4D;
  const rows = (): Axis => cropAxis(boxes, 0, height, cropSize[0]);
  const columns = (): Axis => cropAxis(boxes, 1, width, cropSize[1]);
  return {
    image: () => {
      const perBox = overRows(weights(rows(), method), overColumns(weights(columns(), method), dy, true), true);
      const flat = reshape(perBox, [boxes.shape[0] as number, image.size / batch]);
      return reshape(scatterRows(flat, boxInd, batch), image.shape);
    },
    boxes: () => {
      if (method !== 'bilinear') return zeros(boxes.shape);
      const images = tf.gather(image, boxInd as tf.Tensor1D);
      const [y, x] = [rows(), columns()];
      const byRows = coordinateGradient(dy, overColumns(weights(x, method), images), y);
      const swapped = (t: tf.Tensor): tf.Tensor => tf.transpose(t, [0, 2, 1, 3]);
      const byColumns = coordinateGradient(swapped(dy), swapped(overRows(weights(y, method), images)), x);
      const [y1, y2] = edgeGradients(byRows, y) as [tf.Tensor, tf.Tensor];
      const [x1, x2] = edgeGradients(byColumns, x) as [tf.Tensor, tf.Tensor];
      return tf.concat([y1, x1, y2, x2], 1);
    },
    boxInd: () => zeros(boxInd.shape),
  };
}

/**
 * Cropping and resizing of boxes of images, by the images and, where it is bilinear, by the boxes: interpolation written
 * as products with matrices of weights, which are the distances of crop pixels to image pixels.
 */
export const cropAndResize: readonly tf.GradConfig[] = [
  fromInputs(tf.CropAndResize, ['image', 'boxes', 'boxInd'], (dy, inputs, attrs: tf.CropAndResizeAttrs) =>
    cropGradients(dy, inputs, attrs),
  ),
];
