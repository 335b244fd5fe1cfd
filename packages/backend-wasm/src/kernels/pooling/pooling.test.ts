import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'same' };

function runKernel(name: string, inputs: tf.NamedTensorMap, attrs: object = pool): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}

describe('pooling', () => {
  it.each<readonly [string, () => unknown]>([
    ['MaxPool', () => tf.maxPool(tf.ones([1, 2, 2, 1], 'int32') as tf.Tensor4D, 2, 2, 0)],
    ['AvgPool', () => runKernel('AvgPool', { x: tf.ones([1, 2, 2, 1], 'int32') }, { ...pool, pad: 0 })],
    ['MaxPool3D', () => tf.maxPool3d(tf.ones([1, 2, 2, 2, 1], 'bool') as tf.Tensor5D, 2, 2, 'same')],
    ['MaxPoolWithArgmax', () => tf.maxPoolWithArgmax(tf.ones([1, 2, 2, 1], 'int32') as tf.Tensor4D, 2, 2, 'same')],
    [
      'MaxPoolGrad',
      () =>
        runKernel('MaxPoolGrad', {
          dy: tf.ones([1, 1, 1, 1]),
          input: tf.ones([1, 2, 2, 1], 'bool'),
          output: tf.ones([1, 1, 1, 1]),
        }),
    ],
    ['Dilation2D', () => tf.dilation2d(tf.ones([1, 2, 2, 1], 'int32') as tf.Tensor4D, tf.ones([1, 1, 1]), 1, 'same')],
    ['LRN', () => tf.localResponseNormalization(tf.ones([1, 1, 2, 2], 'int32') as tf.Tensor4D)],
  ])('refuses numbers of another dtype than float32: %s', (name, run) => {
    expect(() => tf.tidy(() => void run())).toThrow(`Error in ${name}: only float32 input is supported.`);
  });

  it.each(['AvgPoolGrad', 'MaxPoolGrad'])('refuses slopes that are not as the output: %s', (name) => {
    const run = (): tf.Tensor =>
      runKernel(name, { dy: tf.ones([1, 1, 1, 1]), input: tf.ones([1, 4, 4, 1]), output: tf.ones([1, 2, 2, 1]) });
    expect(() => tf.tidy(run)).toThrow(`Error in ${name}: dy has another shape than the output.`);
  });

  it('refuses a dilation whose filter has other channels than the image', () => {
    const inputs = (): tf.NamedTensorMap => ({ x: tf.ones([1, 2, 2, 2]), filter: tf.ones([1, 1, 3]) });
    const attrs = { strides: 1, pad: 'same', dilations: 1 };
    expect(() => tf.tidy(() => runKernel('Dilation2D', inputs(), attrs))).toThrow('2 channels and the filter 3');
  });

  it('gives the slope to the first of equal elements', () => {
    const dx = tf.tidy(() => {
      const [dy, input, output] = [tf.fill([1, 1, 1, 1], 3), tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1])];
      return [...runKernel('MaxPoolGrad', { dy, input, output }).dataSync()];
    });
    expect(dx).toEqual([3, 0, 0, 0]);
  });

  it.each([1, 3, 4, 5, 9])('takes %d channels of several images', (channels) => {
    const sums = tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([3, 5, 4, channels], 0, 1, 'float32', 1);
      const dx = runKernel('AvgPoolGrad', { dy: tf.ones([3, 3, 2, channels]), input: x });
      return [...tf.sum(dx, [1, 2]).dataSync()];
    });
    // A window of the last row lies on the image with half of its elements, which get a quarter of the slope each.
    expect(sums).toEqual(new Array(3 * channels).fill(5));
  });
});
