import {
  initializers,
  KeyError,
  NotSupportedError,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv2D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D, type SeparableConv2DOptions } from './index.ts';

/** Numbers between -1 and 1 that look random. */
function numbers(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((count, n) => count * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 78.233 * seed)),
    [...shape],
  );
}

function expectClose(got: tf.Tensor, expected: tf.Tensor): void {
  expect(got.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(got, expected))).dataSync()[0]).toBeLessThan(1e-5);
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('SeparableConv2D', () => {
  it.each<[string, SeparableConv2DOptions]>([
    ['SAME', {}],
    ['a stride of 2', { stride: 2 }],
    ['mixed paddings', { padding: ['FULL', 'CAUSAL'] }],
    ['a stride above the kernel', { stride: [3, 1], padding: 'SAME' }],
  ])('is a depthwise convolution and one of kernel size 1, with %s', (_, options) => {
    const inputs = numbers([2, 5, 6, 3], 1);
    const conv = new SeparableConv2D(4, 2, [2, 3], { ...options, initializers: { b: initializers.ones() } });
    const outputs = conv(inputs);
    const depthwise = new DepthwiseConv2D(2, [2, 3], {
      ...options,
      useBias: false,
      initializers: { w: () => tf.clone(conv.wDw) },
    });
    const pointwise = new Conv2D(4, 1, { initializers: { w: () => tf.clone(conv.wPw), b: initializers.ones() } });
    expectClose(outputs, pointwise(depthwise(inputs)));
  });

  it('may be dilated', () => {
    const conv = new SeparableConv2D(1, 1, 2, {
      rate: [2, 1],
      padding: 'VALID',
      useBias: false,
      initializers: { w_dw: initializers.ones(), w_pw: initializers.ones() },
    });
    const inputs = tf.tensor([1, 2, 4, 8, 16, 32], [1, 3, 2, 1]);
    expect([...conv(inputs).dataSync()]).toEqual([1 + 2 + 16 + 32]);
    expect(conv.rate).toEqual([2, 1]);
    expect(() => new SeparableConv2D(1, 1, 2, { rate: 2, stride: 2 })).toThrow(NotSupportedError);
  });

  it('has two weights, of which w gives both', () => {
    const conv = new SeparableConv2D(5, 2, 3, {
      regularizers: { w_dw: regularizers.l1(0.5), w_pw: regularizers.l2(0.5), b: regularizers.l1(0.1) },
    });
    conv(tf.zeros([1, 4, 4, 3]));
    expect(conv.getVariables().map(variableName)).toEqual([
      'separable_conv2d/w_dw',
      'separable_conv2d/w_pw',
      'separable_conv2d/b',
    ]);
    expect(conv.w.map(({ shape }) => shape)).toEqual([
      [3, 3, 3, 2],
      [1, 1, 6, 5],
    ]);
    expect(conv.w).toEqual([conv.wDw, conv.wPw]);
    expect([conv.channelMultiplier, conv.outputChannels]).toEqual([2, 5]);
    expect(regularizationLosses().map(({ name }) => name)).toEqual([
      'separable_conv2d/w_dw/Regularizer/l1_regularizer',
      'separable_conv2d/w_pw/Regularizer/l2_regularizer',
      'separable_conv2d/b/Regularizer/l1_regularizer',
    ]);
  });

  it('names its variables in its options', () => {
    expect(SeparableConv2D.getPossibleInitializerKeys()).toEqual(['w_dw', 'w_pw', 'b']);
    expect(SeparableConv1D.getPossibleInitializerKeys({ useBias: false })).toEqual(['w_dw', 'w_pw']);
    const options = { initializers: { w: initializers.ones() } as object };
    expect(() => new SeparableConv2D(3, 1, 3, options)).toThrow(KeyError);
    expect(() => new SeparableConv2D(3, 1, 3, options)).toThrow("'w_dw', 'w_pw', 'b'");
  });

  it('refuses numbers of channels that are none', () => {
    expect(() => new SeparableConv2D(3, 0, 3)).toThrow(ValueError);
    expect(() => new SeparableConv2D(3, 0, 3)).toThrow(
      'SeparableConv2D: channelMultiplier must be an integer >= 1; got 0.',
    );
    expect(() => new SeparableConv2D(0, 1, 3)).toThrow('SeparableConv2D: outputChannels must be a positive integer');
  });
});

describe('SeparableConv1D', () => {
  it('is a SeparableConv2D of images of one row', () => {
    const inputs = numbers([2, 7, 3], 1);
    const conv = new SeparableConv1D(4, 2, 3, { stride: 2, initializers: { b: initializers.ones() } });
    const outputs = conv(inputs);
    const [w_dw, w_pw] = conv.w.map((w) => () => tf.clone(w));
    const images = new SeparableConv2D(4, 2, [1, 3], {
      stride: [1, 2],
      initializers: { w_dw, w_pw, b: initializers.ones() },
    });
    expectClose(tf.expandDims(outputs, 1), images(tf.expandDims(inputs, 1)));
    expect(conv.wDw.shape).toEqual([1, 3, 3, 2]);
    expect(conv.wPw.shape).toEqual([1, 1, 6, 4]);
    expect([conv.kernelShape, conv.stride]).toEqual([[3], [1, 2, 1]]);
  });

  it('takes a rate, any padding and the channels first', () => {
    const conv = new SeparableConv1D(4, 1, 3, { rate: 2, padding: 'CAUSAL', dataFormat: 'NCW' });
    expect(conv(tf.zeros([1, 2, 7])).shape).toEqual([1, 4, 7]);
    expect(conv.clone()(tf.zeros([1, 2, 9])).shape).toEqual([1, 4, 9]);
  });
});
