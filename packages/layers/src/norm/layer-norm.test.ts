import {
  initializers,
  KeyError,
  NotConnectedError,
  NotSupportedError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { LayerNorm } from './layer-norm.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()].map((x) => Math.round(x * 1e3) / 1e3 + 0);

describe('LayerNorm', () => {
  it('normalizes each example by its own statistics', () => {
    const norm = new LayerNorm();
    expect(
      values(
        norm(
          tf.tensor2d([
            [1, 3],
            [100, 300],
          ]),
        ),
      ),
    ).toEqual([-1, 1, -1, 1]);
    expect(
      values(
        norm(
          tf.tensor3d([
            [
              [1, 1],
              [3, 3],
            ],
          ]),
        ),
      ),
    ).toEqual([-1, -1, 1, 1]);
  });

  it('normalizes over the dimensions that it is told', () => {
    const inputs = tf.tensor3d([
      [
        [1, 10],
        [3, 30],
      ],
    ]);
    for (const axis of [1, [1], [-2], new Set([1])]) {
      expect(values(new LayerNorm({ axis })(inputs))).toEqual([-1, -1, 1, 1]);
    }
    expect(values(new LayerNorm({ axis: -1 })(inputs))).toEqual([-1, 1, -1, 1]);
  });

  it('scales and shifts, where it is not told otherwise', () => {
    const given = { gamma: initializers.constant([1, 10]), beta: initializers.constant(2) };
    const norm = new LayerNorm({ initializers: given });
    expect(values(norm(tf.tensor2d([[1, 3]])))).toEqual([1, 12]);
    expect([norm.gamma, norm.beta].map((variable) => values(variable as tf.Tensor))).toEqual([
      [1, 10],
      [2, 2],
    ]);
    const neither = new LayerNorm({ scale: false, offset: false });
    neither(tf.tensor2d([[1, 3]]));
    expect([neither.gamma, neither.beta, neither.variables]).toEqual([null, null, []]);
    expect(Object.keys(norm.initializers)).toEqual(['gamma', 'beta']);
    expect([norm.partitioners, norm.regularizers]).toEqual([{}, {}]);
  });

  it('has gradients, also when it is connected first inside', () => {
    const norm = new LayerNorm();
    const inputs = tf.tensor2d([
      [1, 3],
      [2, 8],
    ]);
    const { grads } = valueAndGrads(() => tf.sum(tf.mul(norm(inputs), inputs)));
    expect(values(grads['layer_norm/beta'] as tf.Tensor)).toEqual([3, 11]);
    expect(norm(inputs).shape).toEqual([2, 2]);
  });

  it('leaks nothing', () => {
    const norm = new LayerNorm();
    const inputs = tf.ones([2, 3, 4]);
    tf.tidy(() => {
      norm(inputs);
    });
    for (let i = 0; i < 100; i++) expectNoLeak(() => norm(inputs)).dispose();
  });

  it('refuses inputs that it cannot normalize', () => {
    const norm = new LayerNorm();
    expect(() => norm.gamma).toThrow(NotConnectedError);
    expect(() => new LayerNorm({ offset: false }).beta).toThrow(NotConnectedError);
    expect(() => norm(tf.ones([3]))).toThrow('expects inputs of at least rank 2; got inputs of rank 1 ([3]).');
    expect(() => norm(tf.ones([2, 3], 'int32'))).toThrow(NotSupportedError);
    expect(() => new LayerNorm({ axis: [0, 2] })(tf.ones([2, 3]))).toThrow(ValueError);
    norm(tf.ones([2, 3]));
    expect(() => norm(tf.ones([2, 4]))).toThrow(
      'LayerNorm "layer_norm": the last dimension of inputs must be 3, as at its first connection; got 4.',
    );
  });

  it('refuses wrong options', () => {
    for (const axis of ['a', 1.5, [], [1.5], {}])
      expect(() => new LayerNorm({ axis: axis as never })).toThrow(ValueError);
    expect(() => new LayerNorm({ initializers: { w: initializers.ones() } as object })).toThrow(KeyError);
    expect(() => new LayerNorm({ regularizers: { gamma: 1 as never } })).toThrow(TypeError);
    expect(LayerNorm.getPossibleInitializerKeys()).toEqual(['gamma', 'beta']);
  });
});
