import { initializers, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CAUSAL,
  CONSTANT_PADDING,
  Conv1D,
  type Conv1DOptions,
  Conv2D,
  Conv3D,
  FULL,
  type Padding,
  REFLECT_PADDING,
  REVERSE_CAUSAL,
  SAME,
  SYMMETRIC_PADDING,
  VALID,
} from './index.ts';

/** What a kernel of ones gives for [1, 2, 4, 8]: sums of powers of two, so that each tells what it is made of. */
function sums(options: Conv1DOptions, kernelSize = 3): number[] {
  const conv = new Conv1D(1, kernelSize, { useBias: false, initializers: { w: initializers.ones() }, ...options });
  return [...conv(tf.tensor([1, 2, 4, 8], [1, 4, 1])).dataSync()];
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('a padding', () => {
  it.each<[Padding, number[]]>([
    [SAME, [3, 7, 14, 12]],
    [VALID, [7, 14]],
    [FULL, [1, 3, 7, 14, 12, 8]],
    [CAUSAL, [1, 3, 7, 14]],
    [REVERSE_CAUSAL, [7, 14, 12, 8]],
  ])('%s surrounds the inputs with zeros', (padding, expected) => {
    expect(sums({ padding })).toEqual(expected);
  });

  it.each<[Padding, number[]]>([
    [SAME, [2, 5, 10, 4]],
    [VALID, [5, 10]],
    [FULL, [1, 2, 5, 10, 4, 8]],
    [CAUSAL, [1, 2, 5, 10]],
    [REVERSE_CAUSAL, [5, 10, 4, 8]],
  ])('%s takes the rate into account', (padding, expected) => {
    expect(sums({ padding, rate: 2 }, 2)).toEqual(expected);
  });

  it('SAME pads what is left over after the input', () => {
    expect(sums({ padding: SAME }, 2)).toEqual([3, 6, 12, 8]);
    expect(sums({ padding: SAME }, 4)).toEqual([7, 15, 14, 12]);
  });

  it('SAME by itself looks at the stride; beside another padding, or with a padding value, it does not', () => {
    expect(sums({ padding: SAME, stride: 2 })).toEqual([7, 12]);
    expect(sums({ padding: SAME, stride: 2, paddingValue: REFLECT_PADDING })).toEqual([5, 14]);
    const mixed = new Conv2D(1, [3, 1], {
      stride: [2, 1],
      padding: [SAME, VALID],
      useBias: false,
      initializers: { w: initializers.ones() },
    });
    expect([...mixed(tf.tensor([1, 2, 4, 8], [1, 4, 1, 1])).dataSync()]).toEqual([3, 14]);
  });

  it('SAME works where the stride exceeds the kernel', () => {
    expect(sums({ padding: SAME, stride: 3 }, 1)).toEqual([1, 8]);
    expect(sums({ padding: SAME, stride: 4 }, 2)).toEqual([3]);
    const options = { stride: 3, useBias: false, initializers: { w: initializers.ones() } };
    const volumes = new Conv3D(1, 1, options)(tf.reshape(tf.range(0, 125), [1, 5, 5, 5, 1]));
    expect([...volumes.dataSync()]).toEqual([0, 3, 15, 18, 75, 78, 90, 93]);
  });

  it('may be one for all dimensions or one for each', () => {
    const conv = new Conv2D(1, 3, { padding: [CAUSAL, SAME] });
    expect(conv.paddings).toEqual([CAUSAL, SAME]);
    expect(() => conv.padding).toThrow(ValueError);
    expect(() => conv.padding).toThrow('Conv2D "conv_2d": the paddings [CAUSAL, SAME] differ between the dimensions');
    const full = new Conv2D(1, 3, { padding: FULL });
    expect([full.padding, full.paddings]).toEqual([FULL, [FULL, FULL]]);
  });

  it('is left to the op where it is SAME with zeros, and only there', () => {
    const opPadding = (
      padding: Padding | Padding[],
      paddingValue = CONSTANT_PADDING as Conv1DOptions['paddingValue'],
    ) => new Conv2D(1, 3, { padding, paddingValue }).convOpPadding;
    expect(opPadding(SAME)).toBe(SAME);
    expect(opPadding([SAME, SAME])).toBe(SAME);
    expect(opPadding(SAME, SYMMETRIC_PADDING)).toBe(VALID);
    expect(opPadding([SAME, VALID])).toBe(VALID);
    expect(opPadding(CAUSAL)).toBe(VALID);
  });

  it('must be a known one, or one for each dimension', () => {
    const message =
      'Conv2D: padding must be one of SAME, VALID, FULL, CAUSAL, REVERSE_CAUSAL, or an array of these of size 2; got ';
    expect(() => new Conv2D(1, 3, { padding: 'same' as never })).toThrow(`${message}same.`);
    expect(() => new Conv2D(1, 3, { padding: [SAME] })).toThrow(`${message}[SAME].`);
    expect(() => new Conv2D(1, 3, { padding: [SAME, 'x' as never] })).toThrow(TypeError);
  });
});

describe('a padding value', () => {
  it('mirrors the inputs with or without the value at the edge', () => {
    expect(sums({ paddingValue: REFLECT_PADDING })).toEqual([5, 7, 14, 16]);
    expect(sums({ paddingValue: SYMMETRIC_PADDING })).toEqual([4, 7, 14, 20]);
    expect(sums({ paddingValue: REFLECT_PADDING, padding: CAUSAL })).toEqual([7, 5, 7, 14]);
    expect(sums({ paddingValue: CONSTANT_PADDING })).toEqual([3, 7, 14, 12]);
  });

  it('does nothing where nothing is padded', () => {
    expect(sums({ paddingValue: REFLECT_PADDING, padding: VALID })).toEqual([7, 14]);
  });

  it('cannot mirror more than there is', () => {
    const conv = new Conv1D(1, 5, { padding: FULL, paddingValue: REFLECT_PADDING });
    const message =
      'Conv1D "conv_1d": the padding value REFLECT can pad at most 3 values to dimension 1 of inputs [1, 4, 2] (channels ' +
      'last), but 4 are needed.';
    expect(() => conv(tf.zeros([1, 4, 2]))).toThrow(ValueError);
    expect(() => conv(tf.zeros([1, 4, 2]))).toThrow(message);
    expect(conv.isConnected).toBe(false);
    expect(conv(tf.zeros([1, 5, 2])).shape).toEqual([1, 9, 1]);
    const symmetric = new Conv1D(1, 5, { padding: FULL, paddingValue: SYMMETRIC_PADDING });
    expect(symmetric(tf.zeros([1, 4, 2])).shape).toEqual([1, 8, 1]);
    expect(() => symmetric(tf.zeros([1, 3, 2]))).toThrow('SYMMETRIC can pad at most 3 values');
  });

  it('must be a known one', () => {
    expect(() => new Conv2D(1, 3, { paddingValue: 'ZERO' as never })).toThrow(ValueError);
    expect(() => new Conv2D(1, 3, { paddingValue: 'ZERO' as never })).toThrow(
      'Conv2D: paddingValue must be one of CONSTANT, REFLECT, SYMMETRIC; got ZERO.',
    );
  });
});

describe('a kernel that is too large for the inputs', () => {
  it('is an error that says what it needs, and leaves nothing behind', () => {
    const conv = new Conv2D(1, 3, { padding: VALID, rate: [1, 2] });
    const message =
      'Conv2D "conv_2d": the kernel covers [3, 5] positions (shape [3, 3], rate [1, 2]), but the inputs have only [3, 4] ' +
      'after padding.';
    expect(() => conv(tf.zeros([1, 3, 4, 1]))).toThrow(ValueError);
    expect(() => conv(tf.zeros([1, 3, 4, 1]))).toThrow(message);
    expect(conv.isConnected).toBe(false);
    expect(conv(tf.zeros([1, 3, 5, 1])).shape).toEqual([1, 1, 1, 1]);
  });
});
