import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Linear } from '../linear.ts';
import { BatchNorm } from '../norm/batch-norm.ts';
import { BatchApply } from './batch-apply.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('BatchApply', () => {
  it('applies a module to all steps at once', () => {
    const linear = new Linear(4);
    const inputs = tf.randomUniform([5, 2, 3], -1, 1, 'float32', 1);
    const outputs = new BatchApply(linear)(inputs);
    expect(outputs.shape).toEqual([5, 2, 4]);
    const step = linear(tf.squeeze(tf.slice(inputs, [3, 0, 0], [1, 2, 3]), [0]));
    expect([...outputs.dataSync()].slice(24, 32)).toEqual([...step.dataSync()]);
  });

  it('merges as many dimensions as it is told', () => {
    const seen: number[][] = [];
    const look = (x: tf.Tensor): tf.Tensor => {
      seen.push(x.shape);
      return tf.neg(x);
    };
    expect(new BatchApply(look, { nDims: 3 })(tf.zeros([2, 3, 4, 5])).shape).toEqual([2, 3, 4, 5]);
    expect(new BatchApply(look, { nDims: 1 })(tf.zeros([2, 3])).shape).toEqual([2, 3]);
    expect(seen).toEqual([
      [24, 5],
      [2, 3],
    ]);
  });

  it('takes and gives nested structures, and leaves other things alone', () => {
    const swap = (state: { a: tf.Tensor; b: tf.Tensor }, options: { flag: boolean; none: null }) => ({
      ...options,
      b: state.a,
      list: [state.b],
    });
    const outputs = new BatchApply(swap)({ a: tf.zeros([2, 3]), b: tf.zeros([2, 3, 4]) }, { flag: true, none: null });
    expect(outputs.b.shape).toEqual([2, 3]);
    expect(outputs.list[0]?.shape).toEqual([2, 3, 4]);
    expect([outputs.flag, outputs.none]).toEqual([true, null]);
  });

  it('hands on options', () => {
    const apply = new BatchApply(new BatchNorm());
    expect(apply(tf.ones([2, 3, 4]), { isTraining: true }).shape).toEqual([2, 3, 4]);
  });

  it('leaves tensors of too low a rank as they are, and looks elsewhere for an example', () => {
    const addScalar = (s: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.add(s, x);
    expect(new BatchApply(addScalar, { inputExampleIndex: 1 })(tf.scalar(1), tf.zeros([2, 3])).shape).toEqual([2, 3]);
    expect(() => new BatchApply(addScalar)(tf.scalar(1), tf.zeros([2, 3]))).toThrow(
      'BatchApply "batch_apply_1": the first dimension of the output [6] cannot be split into []',
    );
    expect(() => new BatchApply(addScalar, { inputExampleIndex: 2 })(tf.scalar(1), tf.zeros([2]))).toThrow(ValueError);
  });

  it('leaks nothing', () => {
    const apply = new BatchApply(new Linear(4));
    const inputs = tf.zeros([5, 2, 3]);
    apply(inputs).dispose();
    for (let i = 0; i < 100; i++) expectNoLeak(() => apply(inputs)).dispose();
  });

  it('refuses wrong options', () => {
    expect(() => new BatchApply(4 as never)).toThrow(TypeError);
    expect(() => new BatchApply(tf.neg, { nDims: 0 })).toThrow('BatchApply: nDims should be greater than zero; got 0.');
    expect(() => new BatchApply(tf.neg, { nDims: 1.5 })).toThrow(TypeError);
    expect(() => new BatchApply(tf.neg, { inputExampleIndex: '0' as never })).toThrow(TypeError);
  });
});
