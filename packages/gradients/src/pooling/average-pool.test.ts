import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { type AxisSettings, pooled, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import type { NdArray } from '../testing/nd-array.ts';

interface Case {
  readonly x: number[];
  readonly filter: number[];
  readonly strides: number[];
  readonly pad: 'valid' | 'same' | number;
}

const inTwo: readonly Case[] = [
  { x: [1, 2, 2, 1], filter: [1, 1], strides: [1, 1], pad: 'valid' },
  { x: [2, 4, 4, 2], filter: [2, 2], strides: [2, 2], pad: 'valid' },
  { x: [1, 5, 5, 2], filter: [3, 3], strides: [2, 2], pad: 'same' },
  { x: [1, 5, 4, 1], filter: [2, 3], strides: [1, 1], pad: 'same' },
  { x: [2, 5, 6, 1], filter: [3, 2], strides: [1, 2], pad: 'valid' },
  { x: [1, 5, 5, 1], filter: [2, 2], strides: [3, 3], pad: 'valid' },
  { x: [1, 4, 4, 1], filter: [3, 3], strides: [1, 1], pad: 1 },
];

const inThree: readonly Case[] = [
  { x: [1, 4, 2, 4, 2], filter: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' },
  { x: [1, 3, 3, 4, 1], filter: [2, 3, 2], strides: [1, 2, 1], pad: 'same' },
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
  return (input) => pooled(input, axes, (values) => values.reduce((a, b) => a + b, 0) / values.length);
}

onEachBackend(() => {
  describe('avgPool', () => {
    it.each(inTwo)('has the right gradient for %j', (settings) => {
      const { x, filter, strides, pad } = settings;
      expectRightGradient({
        op: (input: tf.Tensor4D) => tf.avgPool(input, filter as [number, number], strides as [number, number], pad),
        reference: reference(settings),
        inputs: [x],
      });
    });
  });

  describe('avgPool3d', () => {
    it.each(inThree)('has the right gradient for %j', (settings) => {
      const { x, filter, strides, pad } = settings;
      type Three = [number, number, number];
      expectRightGradient({
        op: (input: tf.Tensor5D) => tf.avgPool3d(input, filter as Three, strides as Three, pad),
        reference: reference(settings),
        inputs: [x],
      });
    });
  });
});
