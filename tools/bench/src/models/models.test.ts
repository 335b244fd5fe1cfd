import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { benchModels } from '../steps.ts';
import { checkSameTraining, type TrainingModel } from './training-model.ts';

beforeAll(() => useBackend(wasm()));

describe('the models', () => {
  it.each(benchModels)('$name trains alike in raw ops and in modules', ({ raw, modules }) => {
    resetDefaultGraph();
    const models = { raw: raw(tf), modules: modules() };
    expect(checkSameTraining(models, 2)).toBeGreaterThan(0);
    const before = tf.memory().numTensors;
    for (const { step, forward } of Object.values(models)) {
      step();
      forward();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('checkSameTraining', () => {
  const model = (losses: number[]): TrainingModel => ({
    step: () => void losses.shift(),
    forward: () => {},
    loss: () => losses[0] as number,
    outputs: () => new Float32Array(),
  });

  it('refuses columns that do not do the same work', () => {
    expect(() => checkSameTraining({ a: model([3, 2]), b: model([3, 2.1]) }, 1)).toThrow(
      'the loss of b after 1 steps is 2.1; that of the first column is 2.',
    );
  });

  it('refuses training that learns nothing', () => {
    expect(() => checkSameTraining({ a: model([3, 3]) }, 1)).toThrow('Training did not lower the loss');
  });
});
