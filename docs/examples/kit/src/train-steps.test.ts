import { getVariable, initializers, Module, RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { trainSteps } from './train-steps.ts';

const options = { steps: 60, batch: 4, unit: 'numbers', rate: 0.1 };
let printed: string;

/** The loss of a scalar that is to double random numbers. */
function doubling(): () => tf.Tensor {
  const random = RandomStream.fromSeed(1);
  const multiply = new Module((x: tf.Tensor) =>
    tf.mul(x, getVariable('factor', { shape: [], initializer: initializers.zeros() })),
  );
  return () => {
    const x = random.uniform([4], { min: 1, max: 2 });
    return tf.mean(tf.squaredDifference(multiply(x), tf.mul(x, 2)));
  };
}

beforeEach(() => {
  resetDefaultGraph();
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

describe('trainSteps', () => {
  it('makes the loss small, a batch for each step', async () => {
    const lossOf = vi.fn(doubling());
    const losses = await trainSteps(options, lossOf);
    expect(losses).toHaveLength(60);
    expect(lossOf).toHaveBeenCalledTimes(60);
    expect(losses[0]).toBeGreaterThan(4);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  it('tells ten times how far it is, and how long it took', async () => {
    await trainSteps(options, doubling());
    const lines = printed.split('\n');
    expect(lines[0]).toMatch(/^step {2}6\/60 {2}loss \d+\.\d{3} {2}[\d,]+ numbers\/s {2}\d+ s left$/);
    expect(lines[9]).toMatch(/^step 60\/60 .* 0 s left$/);
    expect(lines[10]).toMatch(/^trained for \d+\.\d s$/);
  });

  it('leaves the variables and no other tensor behind, and the next time none', async () => {
    const lossOf = doubling();
    await expectNoLeak(() => trainSteps(options, lossOf), { kept: 1 });
    await expectNoLeak(() => trainSteps(options, lossOf));
  });
});
