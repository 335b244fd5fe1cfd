import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../register.ts';
import { type SlopeKernel, slopeThrough } from './slopes.ts';

const activations: readonly [SlopeKernel, (x: tf.Tensor) => tf.Tensor][] = [
  ['ReluGrad', tf.relu],
  ['SigmoidGrad', tf.sigmoid],
  ['TanhGrad', tf.tanh],
];

const x = [-1.5, -0.25, 0.5, 2];

/** First and second derivatives of the sum of f(x) · x², which depend on x for every f. */
function derivatives(f: (x: tf.Tensor) => tf.Tensor): number[][] {
  return tf.tidy(() => {
    const first = (at: tf.Tensor) => tf.grad((value: tf.Tensor) => tf.sum(tf.mul(f(value), tf.square(value))))(at);
    const second = tf.grad((value: tf.Tensor) => tf.sum(first(value)));
    return [first, second].map((derivative) => [...derivative(tf.tensor1d(x)).dataSync()]);
  });
}

describe.each(activations)('%s', (kernelName, activation) => {
  beforeAll(async () => {
    registerGradients();
    await tf.setBackend('cpu');
  });

  describe('where the backend has the kernel', () => {
    const composed: number[][] = [];
    let calls = 0;

    beforeEach(() => {
      composed.push(...derivatives(activation));
      tf.registerKernel({
        kernelName,
        backendName: 'cpu',
        kernelFunc: ({ inputs }) => {
          calls++;
          const [dy, y] = [inputs.dy as tf.TensorInfo, inputs.y as tf.TensorInfo];
          const backend = tf.backend() as unknown as { makeTensorInfo: (...args: unknown[]) => tf.TensorInfo };
          const values = [dy, y].map(({ dataId }) => tf.backend().readSync(dataId) as Float32Array);
          const slope = (dyValue: number, yValue: number): number => {
            if (kernelName === 'ReluGrad') return yValue > 0 ? dyValue : 0;
            return kernelName === 'TanhGrad' ? dyValue * (1 - yValue * yValue) : dyValue * yValue * (1 - yValue);
          };
          const results = (values[0] as Float32Array).map((value, i) => slope(value, values[1]?.[i] ?? 0));
          return backend.makeTensorInfo(y.shape, 'float32', results);
        },
      });
    });

    afterEach(() => tf.unregisterKernel(kernelName, 'cpu'));

    it('is called, and gives the derivatives of the composition, second ones too', () => {
      const found = derivatives(activation);
      expect(calls).toBeGreaterThan(0);
      for (const [order, values] of found.entries()) {
        values.forEach((value, i) => {
          expect(value).toBeCloseTo(composed[order]?.[i] ?? Number.NaN, 5);
        });
      }
    });
  });

  it('is composed where there is none', () => {
    const [dy, y] = [tf.tensor1d([1, 2]), tf.tensor1d([0.5, 0.25])];
    const expected = { ReluGrad: [1, 2], SigmoidGrad: [0.25, 0.375], TanhGrad: [0.75, 1.875] }[kernelName];
    expect([...slopeThrough(kernelName, dy, y).dataSync()]).toEqual(expected);
  });
});
