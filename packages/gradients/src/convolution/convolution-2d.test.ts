import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { convolved, transposeConvolved, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

type Padding = [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides?: [number, number];
  readonly dilations?: [number, number];
  readonly pad?: 'valid' | 'same' | number | Padding;
}

const cases: readonly Case[] = [
  { x: [1, 3, 3, 1], filter: [1, 1, 1, 1] },
  { x: [2, 4, 4, 2], filter: [3, 3, 2, 3] },
  { x: [2, 4, 5, 2], filter: [2, 3, 2, 2], pad: 'same' },
  { x: [1, 5, 6, 1], filter: [3, 2, 1, 2], strides: [2, 2] },
  { x: [1, 5, 6, 2], filter: [3, 3, 2, 1], strides: [2, 3], pad: 'same' },
  { x: [1, 4, 4, 1], filter: [2, 2, 1, 2], strides: [3, 2], pad: 'same' },
  { x: [1, 6, 5, 2], filter: [2, 3, 2, 1], dilations: [2, 2] },
  { x: [1, 6, 5, 1], filter: [3, 2, 1, 2], dilations: [2, 3], pad: 'same' },
  { x: [1, 4, 4, 1], filter: [3, 3, 1, 2], pad: 1 },
  {
    x: [1, 4, 3, 1],
    filter: [2, 2, 1, 2],
    pad: [
      [0, 0],
      [2, 1],
      [0, 1],
      [0, 0],
    ],
  },
  {
    x: [1, 4, 4, 1],
    filter: [1, 1, 1, 2],
    strides: [2, 2],
    pad: [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ],
  },
];

function axesOf({ x, filter, strides = [1, 1], dilations = [1, 1], pad = 'valid' }: Case) {
  return [0, 1].map((axis) =>
    windowsOf({
      size: x[axis + 1] as number,
      filter: filter[axis] as number,
      stride: strides[axis] as number,
      dilation: dilations[axis] as number,
      pad: typeof pad === 'string' ? pad : typeof pad === 'number' ? [pad, pad] : (pad[axis + 1] as [number, number]),
    }),
  );
}

/** A padding of [batch, channels, height, width]. */
const explicit: Padding = [
  [0, 0],
  [0, 0],
  [2, 0],
  [1, 2],
];

function reordered(padding: Padding, order: readonly number[]): Padding {
  return order.map((axis) => padding[axis]) as Padding;
}

function permuted(x: NdArray, order: readonly number[]): NdArray {
  const shape = order.map((axis) => x.shape[axis] as number);
  return fromIndex(shape, (...index) => at(x, ...order.map((_, axis) => index[order.indexOf(axis)] as number)));
}

onEachBackend((backendName) => {
  describe('conv2d', () => {
    it.each(cases)('has the right gradients for %j', (settings) => {
      const { x, filter, strides = 1, dilations = 1, pad = 'valid' } = settings;
      expectRightGradient({
        op: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.conv2d(a, b, strides, pad, 'NHWC', dilations),
        reference: (a, b) => convolved(a, b, axesOf(settings)),
        inputs: [x, filter],
        tolerance: 1e-4,
      });
    });

    // wasm has convolutions of the other format only.
    if (backendName === 'cpu') {
      it.each([
        { strides: 1, pad: 'same', dilations: 1 },
        { strides: 2, pad: 'valid', dilations: 1 },
        { strides: 1, pad: 'valid', dilations: 2 },
        { strides: 1, pad: explicit, dilations: 2 },
      ] as const)('has the right gradients with the channels first for %j', ({ strides, pad, dilations }) => {
        const settings: Case = {
          x: [1, 5, 4, 2],
          filter: [2, 2, 2, 3],
          strides: [strides, strides],
          dilations: [dilations, dilations],
          pad: pad === explicit ? reordered(explicit, [0, 2, 3, 1]) : pad,
        };
        expectRightGradient({
          op: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.conv2d(a, b, strides, pad, 'NCHW', dilations),
          reference: (a, b) => permuted(convolved(permuted(a, [0, 2, 3, 1]), b, axesOf(settings)), [0, 3, 1, 2]),
          inputs: [
            [1, 2, 5, 4],
            [2, 2, 2, 3],
          ],
          tolerance: 1e-4,
        });
      });
    }
  });

  describe('conv2dTranspose', () => {
    it.each([
      { x: [1, 4, 4, 2], filter: [3, 3, 2, 1] },
      { x: [2, 5, 6, 1], filter: [3, 2, 1, 2], strides: [2, 2] },
      { x: [1, 5, 4, 2], filter: [3, 2, 2, 2], strides: [2, 2], pad: 'same' },
    ] as Case[])('has the right gradients for %j', (settings) => {
      const { x, filter, strides = [1, 1], pad = 'valid' } = settings;
      const axes = axesOf(settings);
      expectRightGradient({
        op: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.conv2dTranspose(a, b, x, strides, pad as 'same'),
        reference: (a, b) => transposeConvolved(a, b, axes, x.slice(1, 3)),
        inputs: [[x[0], ...axes.map((windows) => windows.length), filter[3]], filter],
        tolerance: 1e-4,
      });
    });
  });

  it('conv1d is differentiable', () => {
    expectRightGradient({
      op: (a: tf.Tensor3D, b: tf.Tensor3D) => tf.conv1d(a, b, 1, 'same', 'NWC', 2),
      reference: (a, b) => {
        const axes = [windowsOf({ size: 5, filter: 3, stride: 1, dilation: 2, pad: 'same' })];
        return convolved(a, b, axes);
      },
      inputs: [
        [2, 5, 2],
        [3, 2, 2],
      ],
      tolerance: 1e-4,
    });
  });
});
