import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { allGradients } from './all-gradients.ts';
import { gradientsAreOurs, registerGradients } from './register.ts';

/** A gradient that nobody wants. */
const foreign = (kernelName: string): tf.GradConfig => ({
  kernelName,
  gradFunc: (dy) => ({ x: () => dy as tf.Tensor }),
});

beforeEach(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

describe('registerGradients', () => {
  it('registers every gradient', () => {
    for (const config of allGradients) expect(tf.getGradient(config.kernelName)).toBe(config);
    expect(gradientsAreOurs()).toBe(true);
  });

  it('can be called again', () => {
    registerGradients();
    registerGradients({});
    expect(gradientsAreOurs()).toBe(true);
  });

  it('replaces gradients that were registered over it', () => {
    for (const { kernelName } of allGradients) tf.registerGradient(foreign(kernelName));
    expect(gradientsAreOurs()).toBe(false);
    registerGradients();
    expect(gradientsAreOurs()).toBe(true);
    for (const config of allGradients) expect(tf.getGradient(config.kernelName)).toBe(config);
  });

  it('replaces a single one, too', () => {
    tf.registerGradient(foreign(tf.Exp));
    registerGradients();
    expect(tf.tidy(() => tf.grad(tf.exp)(tf.scalar(1)).dataSync()[0])).toBeCloseTo(Math.E, 5);
  });
});

describe('a gradient', () => {
  it('is computed for the watched inputs only', async () => {
    const [x, w] = [tf.ones([4, 3]), tf.variable(tf.ones([3, 2]))];
    const { kernelNames } = await tf.profile(() => tf.variableGrads(() => tf.sum(tf.matMul(x, w))).value as tf.Tensor);
    expect(kernelNames.filter((name) => name === tf.BatchMatMul)).toHaveLength(1);
    w.dispose();
  });

  it('leaves no tensors behind', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const gradient = tf.grad((t) => tf.mean(tf.softmax(tf.matMul(t, t))));
    const before = tf.memory().numTensors;
    gradient(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
