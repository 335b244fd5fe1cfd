import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

type Size = [number, number];

/** Positions and weights as TensorFlow defines them. */
function sources(
  output: number,
  from: number,
  to: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
  isNearest: boolean,
) {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  if (isNearest) {
    const position = halfPixelCenters ? (output + 0.5) * scale : output * scale;
    const nearest = alignCorners ? Math.round(position) : Math.floor(position);
    return [{ at: Math.min(nearest, from - 1), weight: 1 }];
  }
  const position = Math.min(Math.max(halfPixelCenters ? (output + 0.5) * scale - 0.5 : output * scale, 0), from - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, from - 1);
  return [
    { at: low, weight: 1 - (position - low) },
    { at: high, weight: position - low },
  ];
}

function resized(x: NdArray, [height, width]: Size, ...mode: [boolean, boolean, boolean]): NdArray {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  return fromIndex([batch, height, width, channels], (...index) => {
    const [b, row, column, c] = index as [number, number, number, number];
    let sum = 0;
    for (const y of sources(row, rows, height, ...mode)) {
      for (const z of sources(column, columns, width, ...mode)) sum += y.weight * z.weight * at(x, b, y.at, z.at, c);
    }
    return sum;
  });
}

onEachBackend(() => {
  describe.each([
    ['resizeBilinear', tf.image.resizeBilinear, false],
    ['resizeNearestNeighbor', tf.image.resizeNearestNeighbor, true],
  ] as const)('%s', (_, op, isNearest) => {
    describe.each([
      [false, false],
      [true, false],
      [false, true],
    ])('with alignCorners %s and halfPixelCenters %s', (alignCorners, halfPixelCenters) => {
      it.each([
        [
          [1, 2, 3, 1],
          [4, 6],
        ],
        [
          [2, 3, 3, 2],
          [3, 3],
        ],
        [
          [2, 5, 4, 1],
          [2, 3],
        ],
        [
          [1, 4, 4, 2],
          [1, 7],
        ],
        [
          [1, 1, 2, 1],
          [3, 3],
        ],
      ] as [number[], Size][])('has the right gradient from %j to %j', (shape, size) => {
        expectRightGradient({
          op: (x: tf.Tensor4D) => op(x, size, alignCorners, halfPixelCenters),
          reference: (x) => resized(x, size, alignCorners, halfPixelCenters, isNearest),
          inputs: [shape],
        });
      });
    });
  });
});
