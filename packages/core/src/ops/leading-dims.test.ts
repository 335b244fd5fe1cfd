import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { mergeLeadingDims, splitLeadingDim } from './leading-dims.ts';

beforeAll(() => {
  registerGradients();
});

describe('mergeLeadingDims', () => {
  it('merges the first dimensions', () => {
    const tensor = tf.zeros([2, 3, 4]);
    const [two, three, one] = [
      expectNoLeak(() => mergeLeadingDims(tensor)),
      mergeLeadingDims(tensor, { nDims: 3 }),
      mergeLeadingDims(tensor, { nDims: 1 }),
    ];
    expect([two.shape, three.shape, one.shape]).toEqual([[6, 4], [24], [2, 3, 4]]);
    tf.dispose([tensor, two, three, one]);
  });

  it('merges empty dimensions', () => {
    const tensor = tf.zeros([0, 3, 4]);
    const merged = mergeLeadingDims(tensor);
    expect(merged.shape).toEqual([0, 4]);
    tf.dispose([tensor, merged]);
  });

  it('gives its argument back when that has too few dimensions', () => {
    const vector = tf.zeros([3]);
    const array = [1, 2];
    expect(mergeLeadingDims(vector)).toBe(vector);
    expect(expectNoLeak(() => mergeLeadingDims(array))).toBe(array);
    expect(expectNoLeak(() => mergeLeadingDims(5))).toBe(5);
    vector.dispose();
  });

  it('converts arrays', () => {
    const merged = expectNoLeak(() =>
      mergeLeadingDims([
        [[1], [2]],
        [[3], [4]],
      ]),
    ) as tf.Tensor;
    expect([merged.shape, [...merged.dataSync()]]).toEqual([
      [4, 1],
      [1, 2, 3, 4],
    ]);
    merged.dispose();
  });

  it('lets gradients through', () => {
    const [x, dy] = [tf.ones([2, 2, 1]), tf.tensor2d([[1], [2], [3], [4]])];
    const dx = tf.grad((y) => mergeLeadingDims(y))(x, dy);
    expect([dx.shape, [...dx.dataSync()]]).toEqual([
      [2, 2, 1],
      [1, 2, 3, 4],
    ]);
    tf.dispose([x, dy, dx]);
  });

  it('refuses numbers of dimensions below 1', () => {
    expect(() => mergeLeadingDims(5, { nDims: 0 })).toThrow(ValueError);
    expect(() => mergeLeadingDims(5, { nDims: 1.5 })).toThrow('nDims must be an integer of at least 1; got 1.5');
    expect(() => mergeLeadingDims('x')).toThrow(TypeError);
  });
});

describe('splitLeadingDim', () => {
  it('undoes mergeLeadingDims', () => {
    const inputs = tf.zeros([2, 3, 4]);
    const tensor = tf.zeros([6, 2]);
    const split = expectNoLeak(() => splitLeadingDim(tensor, inputs));
    expect(split.shape).toEqual([2, 3, 2]);
    tf.dispose([inputs, tensor, split]);
  });

  it('takes as many dimensions as the inputs have', () => {
    const [vector, scalar] = [splitLeadingDim([1, 2, 3], [7, 8, 9]), splitLeadingDim(5, 6)];
    expect([vector.shape, scalar.shape]).toEqual([[3], []]);
    tf.dispose([vector, scalar]);
  });

  it('takes more dimensions when asked to', () => {
    const [tensor, inputs] = [tf.zeros([24, 2]), tf.zeros([2, 3, 4, 5])];
    const split = splitLeadingDim(tensor, inputs, { nDims: 3 });
    expect(split.shape).toEqual([2, 3, 4, 2]);
    tf.dispose([tensor, inputs, split]);
  });

  it('refuses sizes that do not match', () => {
    const [tensor, inputs] = [tf.zeros([5, 2]), tf.zeros([2, 3, 4])];
    expect(() => expectNoLeak(() => splitLeadingDim(tensor, inputs))).toThrow(ValueError);
    expect(() => splitLeadingDim(tensor, inputs)).toThrow(
      'the first dimension of tensor [5,2] cannot be split into [2,3]',
    );
    tf.dispose([tensor, inputs]);
  });
});
