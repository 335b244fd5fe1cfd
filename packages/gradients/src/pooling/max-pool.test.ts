import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { type AxisSettings, pooled, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import type { NdArray } from '../testing/nd-array.ts';

interface Case {
  readonly x: number[];
  readonly filter: number[];
  readonly strides: number[];
  readonly pad: 'valid' | 'same' | number;
  readonly range?: [number, number];
}

const inTwo: readonly Case[] = [
  { x: [1, 2, 2, 1], filter: [1, 1], strides: [1, 1], pad: 'valid' },
  { x: [2, 4, 4, 2], filter: [2, 2], strides: [2, 2], pad: 'valid' },
  { x: [1, 5, 5, 2], filter: [3, 3], strides: [2, 2], pad: 'same' },
  { x: [1, 5, 4, 1], filter: [2, 3], strides: [1, 1], pad: 'same' },
  { x: [2, 5, 6, 1], filter: [3, 2], strides: [1, 2], pad: 'valid' },
  { x: [1, 5, 5, 1], filter: [2, 2], strides: [3, 3], pad: 'valid' },
  { x: [1, 4, 4, 1], filter: [3, 3], strides: [1, 1], pad: 1 },
  // Windows of which no element is positive.
  { x: [1, 4, 4, 2], filter: [2, 2], strides: [2, 2], pad: 'valid', range: [-3, -1] },
  { x: [1, 5, 5, 2], filter: [3, 3], strides: [2, 2], pad: 'same', range: [-3, -1] },
];

const inThree: readonly Case[] = [
  { x: [1, 4, 2, 4, 2], filter: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' },
  { x: [1, 3, 3, 4, 1], filter: [2, 3, 2], strides: [1, 2, 1], pad: 'same' },
  { x: [1, 3, 3, 4, 1], filter: [2, 2, 2], strides: [1, 1, 2], pad: 'same', range: [-3, -1] },
];

function reference({ x, filter, strides, pad }: Case): (input: NdArray) => NdArray {
  const axes = filter.map((size, axis) =>
    windowsOf({
      size: x[axis + 1] as number,
      filter: size,
      stride: strides[axis] as number,
      pad: (typeof pad === 'number' ? [pad, pad] : pad) as AxisSettings['pad'],
    }),
  );
  return (input) => pooled(input, axes, (values) => Math.max(...values));
}

onEachBackend((backendName) => {
  describe('maxPool', () => {
    it.each(inTwo)('has the right gradient for %j', (settings) => {
      const { x, filter, strides, pad, range } = settings;
      expectRightGradient({
        op: (input: tf.Tensor4D) => tf.maxPool(input, filter as [number, number], strides as [number, number], pad),
        reference: reference(settings),
        inputs: [{ shape: x, range }],
      });
    });

    it('hands the gradient of a window of equal elements to the first of them', () => {
      const gradient = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.zeros([1, 2, 4, 1]));
      expect([...gradient.dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
    });
  });

  describe('maxPool3d', () => {
    it.each(inThree)('has the right gradient for %j', (settings) => {
      const { x, filter, strides, pad } = settings;
      // Where no element of a window is positive the kernel of wasm itself is wrong.
      const range = backendName === 'cpu' ? settings.range : ([1, 3] as const);
      type Three = [number, number, number];
      expectRightGradient({
        op: (input: tf.Tensor5D) => tf.maxPool3d(input, filter as Three, strides as Three, pad),
        reference: reference(settings),
        inputs: [{ shape: x, range }],
      });
    });
  });

  describe('maxPoolWithArgmax', () => {
    // The kernel of wasm has the same fault.
    const cases = inTwo.filter(
      ({ pad, range }) => typeof pad === 'string' && (backendName === 'cpu' || range === undefined),
    );
    it.each(
      cases.flatMap((settings) => [
        { settings, includeBatch: false },
        { settings, includeBatch: true },
      ]),
    )(
      'has the right gradient for $settings with the batch in the index: $includeBatch',
      ({ settings, includeBatch }) => {
        const { x, filter, strides, pad } = settings;
        expectRightGradient({
          op: (input: tf.Tensor4D) =>
            tf.maxPoolWithArgmax(input, filter as [number, number], strides as [number, number], pad, includeBatch)
              .result as tf.Tensor,
          reference: reference(settings),
          inputs: [{ shape: x, range: backendName === 'cpu' ? settings.range : [1, 3] }],
        });
      },
    );
  });
});
