import { NotConnectedError, NotSupportedError, resetDefaultGraph, valueAndGrads, variableName } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose, type Padding } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('transpose() of a convolution', () => {
  it.each([
    ['Conv1D', () => new Conv1D(3, 3, { stride: 2 }), Conv1DTranspose, [2, 7, 4]],
    ['Conv2D', () => new Conv2D(3, 4, { stride: 3, padding: 'VALID' }), Conv2DTranspose, [2, 8, 5, 1]],
    ['Conv3D', () => new Conv3D(3, 2, { stride: [1, 2, 3] }), Conv3DTranspose, [1, 3, 5, 4, 2]],
    [
      'Conv2D, channels first',
      () => new Conv2D(3, 3, { stride: 2, dataFormat: 'NCHW' }),
      Conv2DTranspose,
      [1, 2, 5, 6],
    ],
  ] as const)('of %s leads back to the shape of its inputs', (_, make, transposedClass, shape) => {
    const conv = make();
    const back = conv.transpose();
    expect(back).toBeInstanceOf(transposedClass);
    expect(back.moduleName).toBe(`${conv.moduleName}_transpose`);
    const inputs = tf.zeros([...shape]);
    const outputs = conv(inputs);
    expect(back(outputs).shape).toEqual([...shape]);
    expect(back.dataFormat).toBe(conv.dataFormat);
    expect(back.kernelShape).toEqual(conv.kernelShape);
    expect(back.stride).toEqual(conv.stride);
    expect(back.padding).toBe(conv.padding);
    expect(back.outputChannels).toBe(conv.inputChannels);
    expect(back.w).not.toBe(conv.w);
  });

  it('may be made before the module is connected, but not be connected before it', () => {
    const conv = new Conv2D(3, 3, { name: 'enc' });
    const back = conv.transpose({ name: 'dec' });
    expect(() => back(tf.zeros([1, 4, 4, 3]))).toThrow(NotConnectedError);
    expect(() => back(tf.zeros([1, 4, 4, 3]))).toThrow('Conv2D "enc": the shape of its inputs is not known yet');
    const outputs = conv(tf.zeros([1, 4, 4, 2]));
    expect(back(outputs).shape).toEqual([1, 4, 4, 2]);
    expect(back.variables.map(variableName)).toEqual(['dec/b', 'dec/w']);
  });

  it('follows the sizes of the latest inputs', () => {
    const conv = new Conv2D(1, 3, { stride: 2 });
    const back = conv.transpose();
    for (const size of [4, 5, 6]) {
      expect(back(conv(tf.zeros([1, size, size, 1]))).shape).toEqual([1, size, size, 1]);
    }
    expect(back.outputShape).toEqual([6, 6]);
  });

  it('keeps whether there is a bias', () => {
    expect(new Conv2D(1, 3, { useBias: false }).transpose().hasBias).toBe(false);
    expect(new Conv2D(1, 3).transpose().hasBias).toBe(true);
  });

  it('does not exist for a dilated convolution', () => {
    const conv = new Conv3D(1, 3, { rate: [1, 1, 2] });
    expect(() => conv.transpose()).toThrow(NotSupportedError);
    expect(() => conv.transpose()).toThrow(
      'Conv3D "conv_3d": a dilated convolution has no transpose; its rate is [1, 1, 2].',
    );
  });

  it.each<[string, Padding | Padding[], 'CONSTANT' | 'REFLECT']>([
    ['CAUSAL', 'CAUSAL', 'CONSTANT'],
    ['mixed', ['SAME', 'VALID'], 'CONSTANT'],
    ['mirrored SAME', 'SAME', 'REFLECT'],
  ])('does not exist for a padding that is %s', (_, padding, paddingValue) => {
    const conv = new Conv2D(1, 3, { padding, paddingValue });
    expect(() => conv.transpose()).toThrow(NotSupportedError);
    expect(() => conv.transpose()).toThrow(
      'Conv2D "conv_2d": a convolution has a transpose only where its padding is SAME',
    );
  });

  it('of a transpose leads forward again', () => {
    const conv = new Conv1D(2, 3, { stride: 2 });
    const again = conv.transpose().transpose();
    expect(again).toBeInstanceOf(Conv1D);
    expect(again.moduleName).toBe('conv_1d_transpose_transpose');
    expect(again.stride).toEqual(conv.stride);
  });
});

describe('Conv2D', () => {
  it('learns a kernel by gradient descent', () => {
    const target = tf.tensor([1, -1, 2, 0], [2, 2, 1, 1]) as tf.Tensor4D;
    const images = tf.tensor(
      Float32Array.from({ length: 50 }, (_, i) => Math.sin(7 * i)),
      [2, 5, 5, 1],
    ) as tf.Tensor4D;
    const wanted = tf.conv2d(images, target, 1, 'valid');
    const conv = new Conv2D(1, 2, { padding: 'VALID', useBias: false });
    const loss = (): tf.Scalar => tf.mean(tf.squaredDifference(conv(images), wanted));
    for (let step = 0; step < 60; step++) {
      tf.tidy(() => {
        const { grads } = valueAndGrads(loss);
        const w = conv.w as tf.Variable;
        w.assign(tf.sub(w, tf.mul(0.4, grads['conv_2d/w'] as tf.Tensor)));
      });
    }
    expect(loss().dataSync()[0]).toBeLessThan(1e-6);
  });
});
