import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

/** `[batch · blocks, rows / block, columns / block, channels]`, of an image that is padded with zeros. */
function spaceToBatch(x: NdArray, [blockY, blockX]: [number, number], paddings: [number, number][]): NdArray {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [[top, bottom], [left, right]] = paddings as [[number, number], [number, number]];
  const [rows, columns] = [(height + top + bottom) / blockY, (width + left + right) / blockX];
  return fromIndex([batch * blockY * blockX, rows, columns, channels], (...index) => {
    const [b, row, column, c] = index as [number, number, number, number];
    const block = Math.floor(b / batch);
    const y = row * blockY + Math.floor(block / blockX) - top;
    const z = column * blockX + (block % blockX) - left;
    return y >= 0 && y < height && z >= 0 && z < width ? at(x, b % batch, y, z, c) : 0;
  });
}

function batchToSpace(x: NdArray, [blockY, blockX]: [number, number], crops: [number, number][]): NdArray {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const [[top, bottom], [left, right]] = crops as [[number, number], [number, number]];
  const images = batch / (blockY * blockX);
  return fromIndex([images, rows * blockY - top - bottom, columns * blockX - left - right, channels], (...index) => {
    const [b, row, column, c] = index as [number, number, number, number];
    const [y, z] = [row + top, column + left];
    const block = (y % blockY) * blockX + (z % blockX);
    return at(x, block * images + b, Math.floor(y / blockY), Math.floor(z / blockX), c);
  });
}

onEachBackend(() => {
  it.each([
    [
      [1, 4, 4, 1],
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      [2, 3, 4, 2],
      [2, 3],
      [
        [1, 0],
        [0, 2],
      ],
    ],
  ] as [number[], [number, number], [number, number][]][])(
    'the gradient of spaceToBatchND of %j by %j is right',
    (shape, block, paddings) => {
      expectRightGradient({
        op: (x) => tf.spaceToBatchND(x, block, paddings),
        reference: (x) => spaceToBatch(x, block, paddings),
        inputs: [shape],
      });
    },
  );

  it.each([
    [
      [4, 2, 2, 1],
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      [12, 2, 2, 2],
      [2, 3],
      [
        [1, 0],
        [0, 2],
      ],
    ],
  ] as [number[], [number, number], [number, number][]][])(
    'the gradient of batchToSpaceND of %j by %j is right',
    (shape, block, crops) => {
      expectRightGradient({
        op: (x) => tf.batchToSpaceND(x, block, crops),
        reference: (x) => batchToSpace(x, block, crops),
        inputs: [shape],
      });
    },
  );

  it.each([
    [[1, 2, 3, 4], 2],
    [[2, 2, 1, 18], 3],
  ] as [number[], number][])('the gradient of depthToSpace of %j by %i is right', (shape, block) => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const depth = channels / block ** 2;
    expectRightGradient({
      op: (x: tf.Tensor4D) => tf.depthToSpace(x, block, 'NHWC'),
      reference: (x) =>
        fromIndex([batch, height * block, width * block, depth], (...index) => {
          const [b, row, column, c] = index as [number, number, number, number];
          const channel = ((row % block) * block + (column % block)) * depth + c;
          return at(x, b, Math.floor(row / block), Math.floor(column / block), channel);
        }),
      inputs: [shape],
    });
  });
});
