import { getVariable, initializers, Module, resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { answersTo } from './answers.ts';
import { crossEntropy } from './cross-entropy.ts';
import { stripes } from './testing/stripes.ts';
import { type LossOf, type Step, train } from './train.ts';

const options = { epochs: 3, batch: 8, seed: 1 };

function linear(): (images: tf.Tensor) => tf.Tensor {
  return new Module((images: tf.Tensor) => {
    const w = getVariable('w', { shape: [784, 10], initializer: initializers.zeros() });
    return tf.matMul(tf.reshape(images, [-1, 784]), w);
  });
}

function lossWith(logitsOf: (images: tf.Tensor) => tf.Tensor): LossOf {
  return ({ images, labels }) => crossEntropy(logitsOf(images), labels);
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('train', () => {
  it('reports each step, the smaller last one of an epoch included', async () => {
    const steps: Step[] = [];
    const losses = await train(stripes(20), options, lossWith(linear()), (step) => steps.push(step));
    expect(steps.map(({ epoch, images }) => [epoch, images])).toEqual(
      [1, 2, 3].flatMap((epoch) => [8, 8, 4].map((images) => [epoch, images])),
    );
    expect(losses).toEqual(steps.map(({ loss }) => loss));
  });

  it('makes the loss small', async () => {
    const logitsOf = linear();
    const losses = await train(stripes(40), { ...options, epochs: 20 }, lossWith(logitsOf), () => {});
    expect(losses[0]).toBeCloseTo(Math.log(10), 5);
    expect(losses.at(-1)).toBeLessThan(1);
    expect(await answersTo(stripes(20), logitsOf)).toEqual(stripes(20).labels);
  });

  it('shows every digit once in an epoch, in an order that the seed decides', async () => {
    const orderOf = async (seed: number): Promise<number[]> => {
      const seen: number[] = [];
      const lossOf = lossWith(linear());
      const noting: LossOf = (batch) => {
        seen.push(...batch.labels.dataSync());
        return lossOf(batch);
      };
      await train(stripes(20), { epochs: 1, batch: 8, seed }, noting, () => {});
      return seen;
    };
    const order = await orderOf(1);
    expect(order.toSorted((a, b) => a - b)).toEqual([...stripes(20).labels].sort((a, b) => a - b));
    expect(await orderOf(1)).toEqual(order);
    expect(await orderOf(2)).not.toEqual(order);
  });

  it('leaves the variables and no other tensor behind, and the next run none', async () => {
    const lossOf = lossWith(linear());
    await expectNoLeak(() => train(stripes(20), options, lossOf, () => {}), { kept: 1 });
    await expectNoLeak(() => train(stripes(20), options, lossOf, () => {}));
  });
});
