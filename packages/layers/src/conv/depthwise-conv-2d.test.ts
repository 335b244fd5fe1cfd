import { KeyError, NotConnectedError, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv2D, DepthwiseConv2D, type DepthwiseConv2DOptions, InPlaneConv2D } from './index.ts';

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

/** Convolves every channel on its own with a Conv2D: [batch, height, width, channels * multiplier]. */
function channelByChannel(inputs: tf.Tensor, w: tf.Tensor, options: DepthwiseConv2DOptions): tf.Tensor {
  const [kernel, multiplier] = [w.shape.slice(0, 2), w.shape[3] as number];
  const parts = tf.split(inputs, inputs.shape[3] as number, 3).map((channel, c) => {
    const weights = tf.slice(w, [0, 0, c, 0], [...kernel, 1, multiplier]);
    return new Conv2D(multiplier, kernel, { ...options, useBias: false, initializers: { w: () => tf.clone(weights) } })(
      channel,
    );
  });
  return tf.concat(parts, 3);
}

beforeEach(() => {
  resetDefaultGraph();
});

const cases: [string, number[], DepthwiseConv2DOptions][] = [
  ['SAME', [3, 3], {}],
  ['a stride of 2', [3, 2], { stride: 2 }],
  ['different strides', [2, 3], { stride: [1, 2], padding: 'VALID' }],
  ['a stride above the kernel', [3, 1], { stride: 3 }],
  ['mixed paddings', [2, 3], { padding: ['FULL', 'CAUSAL'] }],
  ['a mirrored padding', [3, 3], { padding: 'SAME', paddingValue: 'SYMMETRIC' }],
];

describe('DepthwiseConv2D', () => {
  it.each(cases)('convolves each channel on its own, with %s', (_, kernel, options) => {
    const inputs = numbers([2, 5, 6, 3], 1);
    const conv = new DepthwiseConv2D(2, kernel, { ...options, useBias: false });
    const outputs = conv(inputs);
    expectClose(outputs, channelByChannel(inputs, conv.w, options));
  });

  it('has as many output channels as input channels times the multiplier', () => {
    const conv = new DepthwiseConv2D(3, 2);
    expect(() => conv.outputChannels).toThrow(NotConnectedError);
    expect(conv(tf.zeros([1, 2, 2, 4])).shape).toEqual([1, 2, 2, 12]);
    expect([conv.outputChannels, conv.channelMultiplier]).toEqual([12, 3]);
    expect(conv.w.shape).toEqual([2, 2, 4, 3]);
    expect(conv.b.shape).toEqual([12]);
    expect(conv.scopeName).toBe('conv_2d_depthwise');
    expect([conv.rate, conv.mask]).toEqual([[1, 1], null]);
  });

  it.each([0, -1, 1.5, '2', undefined])('refuses the multiplier %j', (multiplier) => {
    expect(() => new DepthwiseConv2D(multiplier as number, 3)).toThrow(ValueError);
    expect(() => new DepthwiseConv2D(multiplier as number, 3)).toThrow(
      `DepthwiseConv2D: channelMultiplier must be an integer >= 1; got ${multiplier}.`,
    );
  });

  it('keeps its multiplier in a clone', () => {
    const clone = new DepthwiseConv2D(2, 3, { stride: 2 }).clone();
    expect([clone.channelMultiplier, clone.stride]).toEqual([2, [1, 2, 2, 1]]);
  });
});

describe('InPlaneConv2D', () => {
  it.each(cases)('convolves all channels with one kernel, with %s', (_, kernel, options) => {
    const inputs = numbers([2, 5, 6, 3], 1);
    const conv = new InPlaneConv2D(kernel, { ...options, useBias: false });
    const outputs = conv(inputs);
    expectClose(outputs, channelByChannel(inputs, tf.tile(conv.w, [1, 1, 3, 1]), options));
  });

  it('has one kernel, and as many output channels as input channels', () => {
    const conv = new InPlaneConv2D([2, 3]);
    expect(() => conv.outputChannels).toThrow(NotConnectedError);
    expect(conv(tf.zeros([1, 4, 4, 5])).shape).toEqual([1, 4, 4, 5]);
    expect(conv.outputChannels).toBe(5);
    expect([conv.w.shape, conv.b.shape]).toEqual([[2, 3, 1, 1], [5]]);
    expect(conv.scopeName).toBe('in_plane_conv2d');
  });

  it('refuses unknown keys', () => {
    expect(() => new InPlaneConv2D(3, { regularizers: { a: () => null } as object })).toThrow(KeyError);
  });
});
