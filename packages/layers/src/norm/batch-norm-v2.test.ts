import { GraphKeys, IncompatibleShapeError, KeyError, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchNormV2 } from './batch-norm-v2.ts';

const TRAINING = { isTraining: true };

beforeEach(() => {
  resetDefaultGraph();
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()].map((x) => Math.round(x * 1e4) / 1e4 + 0);

describe('BatchNormV2', () => {
  it('normalizes by the moving averages unless it is training', () => {
    const norm = new BatchNormV2({ decayRate: 0, eps: 0, fused: false });
    const inputs = tf.tensor2d([[1], [3]]);
    expect(values(norm(inputs, { isTraining: false }))).toEqual([1, 3]);
    expect(values(norm(inputs, { isTraining: false, testLocalStats: true }))).toEqual([-1, 1]);
    expect(values(norm(inputs, TRAINING))).toEqual([-1, 1]);
    expect(values(norm(tf.tensor2d([[4]]), { isTraining: false }))).toEqual([2]);
  });

  it.each([
    ['NC', [6, 2]],
    ['NWC', [3, 4, 2]],
    ['NCW', [3, 2, 4]],
    ['NHWC', [3, 2, 2, 2]],
    ['NCHW', [3, 2, 1, 4]],
    ['NDHWC', [2, 1, 2, 3, 2]],
    ['NCDHW', [2, 2, 2, 3, 1]],
  ] as const)('takes inputs of the format %s', (dataFormat, shape) => {
    const axis = dataFormat.indexOf('C');
    const inputs = tf.randomUniform([...shape], -1, 1, 'float32', 7);
    for (const fused of [true, false]) {
      const norm = new BatchNormV2({ dataFormat, fused, scale: true });
      const outputs = norm(inputs, TRAINING);
      const others = shape.flatMap((_, i) => (i === axis ? [] : [i]));
      expect(outputs.shape).toEqual(shape);
      expect(values(tf.mean(outputs, others))).toEqual([0, 0]);
      expect(norm.variables.map((variable) => variable.shape)).toEqual([[2], [2], [2], [2]]);
      expect(norm.movingMean.shape).toEqual(shape.map((_, i) => (i === axis ? 2 : 1)));
    }
  });

  it('has the channels last by default, for the rank that it sees first', () => {
    const norm = new BatchNormV2();
    norm(tf.ones([2, 3, 4]), TRAINING);
    expect([norm.beta, norm.gamma, norm.movingVariance].map((variable) => variable.shape)).toEqual([
      [1, 1, 4],
      [1, 1, 4],
      [1, 1, 4],
    ]);
    expect(() => norm(tf.ones([2, 4]), TRAINING)).toThrow(
      'BatchNormV2 "batch_norm": inputs of the data format NWC must have 3 dimensions; got [2, 4].',
    );
  });

  it('makes beta and gamma when it is fused, trainable only where they are asked for', () => {
    const norm = new BatchNormV2({ offset: false, scale: true });
    norm(tf.ones([2, 4]), TRAINING);
    expect(norm.trainableVariables.map(({ name }) => name)).toEqual(['batch_norm/gamma']);
    expect(norm.nonTrainableVariables.map(({ name }) => name)).toEqual([
      'batch_norm/beta',
      'batch_norm/moving_mean',
      'batch_norm/moving_variance',
    ]);
  });

  it('takes no smaller eps than the fused kernel', () => {
    const inputs = tf.tensor2d([[0], [2e-3]]);
    const fused = new BatchNormV2({ eps: 0 })(inputs, TRAINING).dataSync()[1];
    expect(fused).toBeCloseTo(1e-3 / Math.sqrt(1e-6 + 1.001e-5), 5);
  });

  it('leaks nothing, whether its updates wait or not', () => {
    for (const updateOpsCollection of [null, GraphKeys.UPDATE_OPS]) {
      const norm = new BatchNormV2({ updateOpsCollection, dataFormat: 'NCHW' });
      const inputs = tf.ones([2, 3, 4, 5]);
      tf.tidy(() => {
        norm(inputs, TRAINING);
      });
      for (let i = 0; i < 100; i++) expectNoLeak(() => norm(inputs, TRAINING)).dispose();
    }
  });

  it('refuses formats that there are not, and inputs that do not fit', () => {
    expect(() => new BatchNormV2({ dataFormat: 'NHCW' as never })).toThrow("BatchNormV2: invalid dataFormat 'NHCW'");
    expect(() => new BatchNormV2()(tf.ones([3]), TRAINING)).toThrow(IncompatibleShapeError);
    expect(() => new BatchNormV2({ dataFormat: 'NHWC' })(tf.ones([2, 3]), TRAINING)).toThrow(IncompatibleShapeError);
    expect(() => new BatchNormV2()(tf.ones([2, 3]), {} as never)).toThrow(TypeError);
    const norm = new BatchNormV2();
    norm(tf.ones([2, 3]), TRAINING);
    expect(() => norm(tf.ones([2, 4]), TRAINING)).toThrow(ValueError);
    expect(() => new BatchNormV2({ partitioners: { moving_mean: () => [2] } as object })).toThrow(KeyError);
  });
});
