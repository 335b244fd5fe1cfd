import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { reshape } from '../kernel-calls.ts';
import { permuted } from '../layout.ts';

type Shape4D = [number, number, number, number];
type Attrs = tf.ResizeBilinearAttrs;

/** What the pixels of a line contribute to one pixel of the resized line: pairs of a position and a weight. */
type Contributions = readonly (readonly [position: number, weight: number])[];

/** How far apart on the input two neighbouring pixels of the output are. */
function spacing(inputSize: number, outputSize: number, alignCorners: boolean): number {
  return alignCorners && outputSize > 1 ? (inputSize - 1) / (outputSize - 1) : inputSize / outputSize;
}

function bilinear(output: number, inputSize: number, outputSize: number, attrs: Attrs): Contributions {
  const scale = spacing(inputSize, outputSize, attrs.alignCorners);
  const source = attrs.halfPixelCenters ? (output + 0.5) * scale - 0.5 : output * scale;
  const low = Math.max(0, Math.floor(source));
  const high = Math.min(inputSize - 1, Math.ceil(source));
  return [
    [low, 1 - (source - low)],
    [high, source - low],
  ];
}

function nearest(output: number, inputSize: number, outputSize: number, attrs: Attrs): Contributions {
  const scale = spacing(inputSize, outputSize, attrs.alignCorners);
  const source = attrs.halfPixelCenters ? (output + 0.5) * scale : output * scale;
  const position = attrs.alignCorners ? Math.round(source) : Math.floor(source);
  return [[Math.min(inputSize - 1, Math.max(0, position)), 1]];
}

/** The resizing of one axis as a matrix, [outputSize, inputSize]. */
function resizingMatrix(inputSize: number, outputSize: number, attrs: Attrs, method: typeof bilinear): tf.Tensor {
  const values = new Float32Array(outputSize * inputSize);
  for (let output = 0; output < outputSize; output++) {
    for (const [position, weight] of method(output, inputSize, outputSize, attrs)) {
      values[output * inputSize + position] = (values[output * inputSize + position] as number) + weight;
    }
  }
  return tf.tensor(values, [outputSize, inputSize]);
}

/** Multiplies the columns axis of `[batch, rows, columns, channels]` by a matrix and swaps rows and columns. */
function resizedAndSwapped(dy: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
  const [batch, rows, columns, channels] = dy.shape as Shape4D;
  const lines = reshape(permuted(dy, [0, 3, 1, 2]), [batch * channels * rows, columns]);
  const size = matrix.shape[1] as number;
  const resized = tf.matMul(lines as tf.Tensor2D, matrix as tf.Tensor2D);
  return permuted(reshape(resized, [batch, channels, rows, size]), [0, 3, 2, 1]);
}

/** Resizing is linear, one axis after the other; its gradient multiplies by the transposed matrices. */
function resizing(kernelName: string, method: typeof bilinear): tf.GradConfig {
  return fromInputs(kernelName, ['images'], (dy, [images], attrs: Attrs) => ({
    images: () => {
      const [, inHeight, inWidth] = images.shape as Shape4D;
      const [, outHeight, outWidth] = dy.shape as Shape4D;
      const swapped = resizedAndSwapped(dy, resizingMatrix(inWidth, outWidth, attrs, method));
      return resizedAndSwapped(swapped, resizingMatrix(inHeight, outHeight, attrs, method));
    },
  }));
}

/** Resizing of images, `[batch, height, width, channels]`. */
export const resizings: readonly tf.GradConfig[] = [
  resizing(tf.ResizeBilinear, bilinear),
  resizing(tf.ResizeNearestNeighbor, nearest),
];
