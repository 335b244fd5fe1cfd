import { getVariable, initializers, Module, minimize, resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ClippingAdam, clipByGlobalNorm } from './clipping-adam.ts';

describe('clipByGlobalNorm', () => {
  const valuesOf = (tensors: readonly (tf.Tensor | null)[]) =>
    tensors.map((tensor) => tensor && [...tensor.dataSync()]);

  it('shortens long gradients together', () => {
    const clipped = clipByGlobalNorm([tf.tensor1d([3, 0]), null, tf.scalar(-4)], 1);
    expect(clipped[1]).toBeNull();
    expect(clipped[0]?.dataSync()[0]).toBeCloseTo(0.6, 6);
    expect(clipped[2]?.dataSync()[0]).toBeCloseTo(-0.8, 6);
  });

  it('leaves short ones as they are', () => {
    expect(valuesOf(clipByGlobalNorm([tf.tensor1d([0.5, -0.25]), tf.scalar(0.5)], 1))).toEqual([[0.5, -0.25], [0.5]]);
    expect(valuesOf(clipByGlobalNorm([tf.tensor1d([0, 0])], 1))).toEqual([[0, 0]]);
  });
});

describe('ClippingAdam', () => {
  let x: Module<[], tf.Tensor>;
  const renew = () => {
    resetDefaultGraph();
    x = new Module(() => getVariable('x', { shape: [], initializer: initializers.constant(5) }), { name: 'guess' });
  };
  beforeEach(renew);
  const cost = () => tf.mul(1e6, tf.square(x()));

  it('does what Adam does with clipped gradients', async () => {
    const [ours, theirs] = [new ClippingAdam(0.5), tf.train.adam(0.1)];
    const path = async (optimizer: tf.Optimizer, lossOf: () => tf.Tensor) => {
      renew();
      for (let step = 0; step < 3; step++) minimize(optimizer, lossOf);
      return (await x().data())[0];
    };
    ours.rate = 0.1;
    expect(await path(ours, cost)).toBe(await path(theirs, () => tf.mul(0.5, x())));
  });

  it('makes the steps that its rate says', async () => {
    const optimizer = new ClippingAdam(1);
    minimize(optimizer, cost);
    expect((await x().data())[0]).toBe(5);
    optimizer.rate = 0.25;
    minimize(optimizer, cost);
    expect((await x().data())[0]).toBeCloseTo(4.75, 5);
  });

  it('leaves no tensor behind', () => {
    const optimizer = new ClippingAdam(1);
    minimize(optimizer, cost);
    expectNoLeak(() => minimize(optimizer, cost));
  });
});
