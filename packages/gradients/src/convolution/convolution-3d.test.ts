import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { convolved, transposeConvolved, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';

interface Case {
  readonly x: [number, number, number, number, number];
  readonly filter: [number, number, number, number, number];
  readonly strides?: [number, number, number];
  readonly dilations?: [number, number, number];
  readonly pad?: 'valid' | 'same';
}

const cases: readonly Case[] = [
  { x: [1, 2, 3, 3, 1], filter: [1, 1, 1, 1, 2] },
  { x: [2, 3, 3, 3, 2], filter: [2, 2, 2, 2, 1] },
  { x: [1, 3, 2, 4, 1], filter: [2, 2, 3, 1, 2], pad: 'same' },
  { x: [1, 4, 3, 5, 1], filter: [2, 2, 2, 1, 2], strides: [2, 1, 2] },
  { x: [1, 3, 4, 3, 2], filter: [2, 3, 2, 2, 1], strides: [2, 2, 2], pad: 'same' },
  { x: [1, 3, 4, 5, 1], filter: [2, 2, 2, 1, 2], dilations: [1, 2, 3] },
];

function axesOf({ x, filter, strides = [1, 1, 1], dilations = [1, 1, 1], pad = 'valid' }: Case) {
  return [0, 1, 2].map((axis) =>
    windowsOf({
      size: x[axis + 1] as number,
      filter: filter[axis] as number,
      stride: strides[axis] as number,
      dilation: dilations[axis] as number,
      pad,
    }),
  );
}

onEachBackend((backendName) => {
  describe('conv3d', () => {
    it.each(cases)('has the right gradients for %j', (settings) => {
      const { x, filter, strides = 1, dilations = [1, 1, 1], pad = 'valid' } = settings;
      expectRightGradient({
        op: (a: tf.Tensor5D, b: tf.Tensor5D) => tf.conv3d(a, b, strides, pad, 'NDHWC', dilations),
        reference: (a, b) => convolved(a, b, axesOf(settings)),
        inputs: [x, filter],
        tolerance: 1e-4,
      });
    });
  });

  // The kernel of wasm computes a wrong transposed convolution, so its gradient cannot be compared there.
  if (backendName === 'cpu') {
    describe('conv3dTranspose', () => {
      it.each([
        { x: [1, 3, 3, 3, 2], filter: [2, 2, 2, 2, 1] },
        { x: [1, 3, 5, 4, 1], filter: [3, 2, 2, 1, 2], strides: [2, 2, 2], pad: 'same' },
      ] as Case[])('has the right gradients for %j', (settings) => {
        const { x, filter, strides = [1, 1, 1], pad = 'valid' } = settings;
        const axes = axesOf(settings);
        expectRightGradient({
          op: (a: tf.Tensor5D, b: tf.Tensor5D) => tf.conv3dTranspose(a, b, x, strides, pad),
          reference: (a, b) => transposeConvolved(a, b, axes, x.slice(1, 4)),
          inputs: [[x[0], ...axes.map((windows) => windows.length), filter[4]], filter],
          tolerance: 1e-4,
        });
      });
    });
  }
});
