import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';
import { expectRightGradient } from './testing/gradient-check.ts';
import { at, elementwise, fromIndex } from './testing/nd-array.ts';

onEachBackend((backendName) => {
  describe('batchNorm', () => {
    const normalize = elementwise((...values) => {
      const [x, mean, variance, offset, scale] = values as [number, number, number, number, number];
      return ((x - mean) / Math.sqrt(variance + 0.01)) * scale + offset;
    });
    // The kernel of wasm takes parameters by channel.
    const shapes =
      backendName === 'cpu'
        ? [
            [[5, 3], [3]],
            [[2, 2, 3, 2], [2]],
            [
              [2, 3, 1, 2],
              [2, 3, 1, 2],
            ],
          ]
        : [
            [[5, 3], [3]],
            [[2, 2, 3, 2], [2]],
          ];
    it.each(shapes as [number[], number[]][])(
      'has the right gradients for shape %j and parameters of shape %j',
      (x, parameters) => {
        expectRightGradient({
          op: (...inputs) => {
            const [input, mean, variance, offset, scale] = inputs as [
              tf.Tensor,
              tf.Tensor1D,
              tf.Tensor1D,
              tf.Tensor1D,
              tf.Tensor1D,
            ];
            return tf.batchNorm(input, mean, variance, offset, scale, 0.01);
          },
          reference: normalize,
          inputs: [x, parameters, { shape: parameters, range: [0.5, 2] }, parameters, parameters],
          tolerance: 5e-5,
        });
      },
    );
  });

  describe('localResponseNormalization', () => {
    it.each([
      [[1, 1, 1, 4], 1, 1, 0.5, 0.5],
      [[2, 2, 1, 6], 2, 2, 0.3, 0.75],
      [[1, 2, 2, 3], 5, 1, 1, 1],
    ] as [number[], number, number, number, number][])(
      'has the right gradient for shape %j, radius %i',
      (shape, radius, bias, alpha, beta) => {
        expectRightGradient({
          op: (x: tf.Tensor4D) => tf.localResponseNormalization(x, radius, bias, alpha, beta),
          reference: (x) =>
            fromIndex(shape, (...index) => {
              const c = index.at(-1) as number;
              let sum = 0;
              for (let i = 0; i < (shape.at(-1) as number); i++) {
                if (Math.abs(i - c) <= radius) sum += at(x, ...index.with(-1, i)) ** 2;
              }
              return at(x, ...index) * (bias + alpha * sum) ** -beta;
            }),
          inputs: [shape],
          tolerance: 5e-5,
        });
      },
    );
  });
});
