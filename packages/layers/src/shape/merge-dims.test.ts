import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { MergeDims } from './merge-dims.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('MergeDims', () => {
  it.each([
    [0, 2, [6, 4]],
    [1, 2, [2, 12]],
    [0, 3, [24]],
    [-2, 2, [2, 12]],
    [-3, 2, [6, 4]],
  ])('from %i on, %i dimensions', (start, size, expected) => {
    expect(new MergeDims(start, size)(tf.zeros([2, 3, 4], 'int32')).shape).toEqual(expected);
  });

  it('takes nested structures, and empty tensors', () => {
    const merge = new MergeDims<{ a: tf.Tensor; b: [tf.Tensor] }>(0, 2);
    const { a, b } = merge({ a: tf.zeros([2, 0, 3]), b: [tf.zeros([2, 2])] });
    expect([a.shape, b[0].shape]).toEqual([[0, 3], [4]]);
  });

  it('leaks nothing', () => {
    const merge = new MergeDims(0, 2);
    const inputs = tf.zeros([2, 3]);
    for (let i = 0; i < 100; i++) expectNoLeak(() => merge(inputs)).dispose();
  });

  it('refuses ranges that there are not', () => {
    expect(() => new MergeDims(0, 1)).toThrow('MergeDims: size must be an integer greater than 1; got 1.');
    expect(() => new MergeDims(0.5, 2)).toThrow(ValueError);
    expect(() => new MergeDims(1, 3)(tf.zeros([2, 3, 2]))).toThrow(
      'MergeDims "merge_dims": the rank of inputs must be at least 4, to merge 3 dimensions from 1 on; got [2, 3, 2].',
    );
    expect(() => new MergeDims(-1, 2)(tf.zeros([2, 3]))).toThrow(ValueError);
    expect(() => new MergeDims(-3, 2)(tf.zeros([2, 3]))).toThrow(ValueError);
  });
});
