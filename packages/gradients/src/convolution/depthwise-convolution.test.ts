import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { convolved, depthwiseConvolved, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';

interface Case {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides?: [number, number];
  readonly dilations?: [number, number];
  readonly pad?: 'valid' | 'same' | number;
}

const cases: readonly Case[] = [
  { x: [1, 3, 3, 1], filter: [1, 1, 1, 1] },
  { x: [2, 4, 4, 2], filter: [3, 3, 2, 1] },
  { x: [2, 4, 5, 2], filter: [2, 3, 2, 3] },
  { x: [2, 4, 5, 2], filter: [2, 3, 2, 2], pad: 'same' },
  { x: [1, 5, 5, 2], filter: [3, 2, 2, 2], strides: [2, 2] },
  { x: [2, 5, 6, 1], filter: [3, 2, 1, 2], strides: [2, 2], pad: 'same' },
  { x: [1, 6, 5, 2], filter: [2, 3, 2, 1], dilations: [2, 2] },
  { x: [1, 6, 5, 2], filter: [3, 2, 2, 2], dilations: [2, 2], pad: 'same' },
  { x: [1, 4, 4, 1], filter: [3, 3, 1, 2], pad: 1 },
];

onEachBackend(() => {
  describe('depthwiseConv2d', () => {
    it.each(cases)(
      'has the right gradients for %j',
      ({ x, filter, strides = [1, 1], dilations = [1, 1], pad = 'valid' }) => {
        const axes = [0, 1].map((axis) =>
          windowsOf({
            size: x[axis + 1] as number,
            filter: filter[axis] as number,
            stride: strides[axis] as number,
            dilation: dilations[axis] as number,
            pad: typeof pad === 'number' ? [pad, pad] : pad,
          }),
        );
        expectRightGradient({
          op: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.depthwiseConv2d(a, b, strides, pad, 'NHWC', dilations),
          reference: (a, b) => depthwiseConvolved(a, b, axes),
          inputs: [x, filter],
          tolerance: 1e-4,
        });
      },
    );
  });

  it('separableConv2d is differentiable', () => {
    expectRightGradient({
      op: (x: tf.Tensor4D, depthwise: tf.Tensor4D, pointwise: tf.Tensor4D) =>
        tf.separableConv2d(x, depthwise, pointwise, 1, 'same'),
      reference: (x, depthwise, pointwise) => {
        const axes = [4, 4].map((size) => windowsOf({ size, filter: 2, stride: 1, pad: 'same' }));
        const single = [4, 4].map((size) => windowsOf({ size, filter: 1, stride: 1, pad: 'valid' }));
        return convolved(depthwiseConvolved(x, depthwise, axes), pointwise, single);
      },
      inputs: [
        [1, 4, 4, 2],
        [2, 2, 2, 2],
        [1, 1, 4, 3],
      ],
      tolerance: 1e-4,
    });
  });
});
