import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

type Size = [number, number];

function coordinate(first: number, second: number, imageSize: number, cropSize: number, i: number): number {
  const t = cropSize > 1 ? i / (cropSize - 1) : 0.5;
  return (first + t * (second - first)) * (imageSize - 1);
}

function cropped(image: NdArray, boxes: NdArray, owners: number[], [rows, columns]: Size, isNearest: boolean): NdArray {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  return fromIndex([owners.length, rows, columns, channels], (...index) => {
    const [box, row, column, c] = index as [number, number, number, number];
    const y = coordinate(at(boxes, box, 0), at(boxes, box, 2), height, rows, row);
    const x = coordinate(at(boxes, box, 1), at(boxes, box, 3), width, columns, column);
    if (y < 0 || y > height - 1 || x < 0 || x > width - 1) return 0.5;
    const pixel = (py: number, px: number): number => at(image, owners[box] as number, py, px, c);
    if (isNearest) return pixel(Math.round(y), Math.round(x));
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [bottom, right] = [Math.ceil(y), Math.ceil(x)];
    const upper = pixel(top, left) + (pixel(top, right) - pixel(top, left)) * (x - left);
    const lower = pixel(bottom, left) + (pixel(bottom, right) - pixel(bottom, left)) * (x - left);
    return upper + (lower - upper) * (y - top);
  });
}

// Inside, partly outside, turned over, and beyond the edge.
const boxes = [0.13, 0.21, 0.77, 0.84, -0.21, 0.3, 0.6, 1.15, 0.9, 0.72, 0.31, 0.11, 0.33, 0.27, 0.58, 0.91];
const owners = [1, 0, 1, 0];

onEachBackend(() => {
  it.each([
    [3, 4],
    [1, 2],
    [4, 1],
  ] as Size[])('the gradients of a bilinear crop of %i × %i are right', (...size) => {
    expectRightGradient({
      op: (image: tf.Tensor4D, box: tf.Tensor2D) =>
        tf.image.cropAndResize(image, box, tf.tensor1d(owners, 'int32'), size, 'bilinear', 0.5),
      reference: (image, box) => cropped(image, box, owners, size, false),
      inputs: [[2, 4, 5, 2], { shape: [4, 4], values: boxes }],
      tolerance: 1e-4,
    });
  });

  it('the gradients of a nearest crop are right: zero by the boxes', () => {
    expectRightGradient({
      op: (image: tf.Tensor4D, box: tf.Tensor2D) =>
        tf.image.cropAndResize(image, box, tf.tensor1d(owners, 'int32'), [3, 4], 'nearest', 0.5),
      reference: (image, box) => cropped(image, box, owners, [3, 4], true),
      inputs: [[2, 4, 5, 2], { shape: [4, 4], values: boxes }],
    });
  });

  it('the gradient adds the crops of one image', () => {
    const whole = tf.tensor2d([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
    const gradient = tf.grad((image) =>
      tf.image.cropAndResize(image as tf.Tensor4D, whole, tf.tensor1d([0, 0], 'int32'), [2, 2]),
    )(tf.ones([1, 2, 2, 1]));
    expect([...gradient.dataSync()]).toEqual([2, 2, 2, 2]);
  });
});
