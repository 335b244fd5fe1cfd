import { resetDefaultGraph, ValueError, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SliceByDim } from './slice-by-dim.ts';
import { TileByDim } from './tile-by-dim.ts';

const MATRIX = [
  [1, 2, 3],
  [4, 5, 6],
];

beforeEach(() => {
  resetDefaultGraph();
});

describe('SliceByDim', () => {
  it('slices some dimensions', () => {
    const inputs = tf.tensor2d(MATRIX);
    expect(new SliceByDim([1], [1], [2])(inputs).arraySync()).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(new SliceByDim([-1, 0], [0, 1], [2, 1])(inputs).arraySync()).toEqual([[4, 5]]);
    expect(new SliceByDim([1], [2], [-1])(inputs).arraySync()).toEqual([[3], [6]]);
    expect(new SliceByDim([], [], [])(inputs).arraySync()).toEqual(MATRIX);
  });

  it('refuses slices that do not lie within the inputs', () => {
    const inputs = tf.tensor2d(MATRIX);
    expect(() => new SliceByDim([1], [2], [2])(inputs)).toThrow(
      'SliceByDim "slice_by_dim": the slice must lie within the inputs [2, 3]; got begin [2] and size [2] in dims [1].',
    );
    expect(() => new SliceByDim([1], [-1], [1])(inputs)).toThrow(ValueError);
    expect(() => new SliceByDim([1], [0], [-2])(inputs)).toThrow(ValueError);
  });

  it('refuses dimensions that there are not, or twice', () => {
    const inputs = tf.tensor2d(MATRIX);
    expect(() => new SliceByDim([3], [0], [1])(inputs)).toThrow('the rank of inputs must be at least 4, for dims [3]');
    expect(() => new SliceByDim([-3], [0], [1])(inputs)).toThrow(ValueError);
    expect(() => new SliceByDim([1, -1], [0, 0], [1, 1])(inputs)).toThrow('twice');
    expect(() => new SliceByDim([1, 1], [0, 0], [1, 1])).toThrow('dims must not have any repeated integers');
  });

  it('refuses lists that do not go together', () => {
    expect(() => new SliceByDim([1, 2], [0], [1, 1])).toThrow('begin must have the same length as dims: 2');
    expect(() => new SliceByDim([1, 2], [0, 0], [1])).toThrow('size must have the same length as dims: 2');
    expect(() => new SliceByDim([0.5], [0], [1])).toThrow(ValueError);
    expect(() => new SliceByDim([0], 0 as never, [1])).toThrow(ValueError);
  });
});

describe('TileByDim', () => {
  it('repeats along some dimensions', () => {
    const inputs = tf.tensor2d([[1, 2]]);
    expect(new TileByDim([1], [2])(inputs).arraySync()).toEqual([[1, 2, 1, 2]]);
    expect(new TileByDim([-1, 0], [1, 2])(inputs).arraySync()).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('has gradients, and leaks nothing', () => {
    const tile = new TileByDim([0], [3]);
    const x = tf.variable(tf.tensor1d([1, 2]));
    const { grads } = valueAndGrads(() => tf.sum(tf.square(tile(x))), { variables: [x] });
    expect([...(Object.values(grads)[0]?.dataSync() ?? [])]).toEqual([6, 12]);
    for (let i = 0; i < 100; i++) expectNoLeak(() => tile(x)).dispose();
    x.dispose();
  });

  it('refuses what it cannot repeat', () => {
    expect(() => new TileByDim([0, 0], [1, 2])).toThrow('TileByDim: dims must not have any repeated integers');
    expect(() => new TileByDim([0, 1], [1])).toThrow('multiples must have the same length as dims: 2; got [1].');
    expect(() => new TileByDim([0], [0])).toThrow(ValueError);
    expect(() => new TileByDim([1], [2])(tf.zeros([2]))).toThrow(ValueError);
  });
});
