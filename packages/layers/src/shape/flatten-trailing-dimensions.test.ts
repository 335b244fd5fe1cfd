import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { FlattenTrailingDimensions } from './flatten-trailing-dimensions.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('FlattenTrailingDimensions', () => {
  it.each([
    [1, [2, 60]],
    [2, [2, 3, 20]],
    [3, [2, 3, 4, 5]],
    [4, [2, 3, 4, 5, 1]],
  ])('from dimension %i on', (dimFrom, expected) => {
    const flatten = new FlattenTrailingDimensions(dimFrom);
    expect(flatten(tf.zeros([2, 3, 4, 5])).shape).toEqual(expected);
    expect(flatten.transpose()(tf.zeros(expected)).shape).toEqual([2, 3, 4, 5]);
  });

  it('has the name that checkpoints know', () => {
    expect(new FlattenTrailingDimensions(1).moduleName).toBe('batch_dim_from');
  });

  it('refuses dimensions that there are not', () => {
    for (const dimFrom of [0, -1, 1.5]) expect(() => new FlattenTrailingDimensions(dimFrom)).toThrow(ValueError);
    const flatten = new FlattenTrailingDimensions(4);
    expect(() => flatten(tf.zeros([2, 3]))).toThrow(
      'FlattenTrailingDimensions "batch_dim_from": inputs have 2 dimensions',
    );
  });
});
