import {
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  ParentNotBuiltError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { AddBias } from './add-bias.ts';

const THREE = { b: initializers.constant([1, 2, 3]) };

beforeEach(() => {
  resetDefaultGraph();
});

describe('AddBias', () => {
  it('adds its bias, times a number or a tensor', () => {
    const add = new AddBias({ initializers: THREE });
    const inputs = tf.zeros([2, 3]);
    expect(add(inputs).arraySync()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect([...add(inputs, { multiplier: -1 }).dataSync()].slice(0, 3)).toEqual([-1, -2, -3]);
    expect([...add(inputs, { multiplier: tf.tensor1d([0, 1, 10]) }).dataSync()].slice(0, 3)).toEqual([0, 2, 30]);
    expect(add.inputShape).toEqual([2, 3]);
  });

  it('takes batches of any size, int32 too', () => {
    const add = new AddBias({ initializers: THREE });
    const outputs = add(tf.zeros([2, 3], 'int32'));
    expect([outputs.dtype, add.b.dtype]).toEqual(['int32', 'int32']);
    expect(add(tf.zeros([5, 3], 'int32')).shape).toEqual([5, 3]);
  });

  it('has a transpose that may be made first', () => {
    const add = new AddBias({ biasDims: [-1] });
    const back = add.transpose();
    expect(() => back(tf.zeros([2, 4, 3]))).toThrow(ParentNotBuiltError);
    add(tf.zeros([2, 4, 3]));
    expect(back(tf.zeros([5, 4, 3])).shape).toEqual([5, 4, 3]);
    expect([back.moduleName, back.b.shape]).toEqual(['add_transpose', [3]]);
    expect(() => add.transpose({ name: 'other' })(tf.zeros([2, 3, 3]))).toThrow(IncompatibleShapeError);
  });

  it('has gradients, also when it is connected first inside', () => {
    const add = new AddBias({ biasDims: [] });
    const inputs = tf.ones([2, 3]);
    const { grads } = valueAndGrads(() => tf.sum(tf.square(add(inputs))));
    expect(grads['add/b']?.dataSync()[0]).toBe(12);
    expect(add(inputs).shape).toEqual([2, 3]);
  });

  it('leaks nothing', () => {
    const add = new AddBias();
    const inputs = tf.ones([2, 3]);
    tf.tidy(() => {
      add(inputs);
    });
    for (let i = 0; i < 100; i++) expectNoLeak(() => add(inputs, { multiplier: 2 })).dispose();
  });

  it('refuses inputs of the wrong shape', () => {
    const add = new AddBias();
    expect(() => add.b).toThrow(NotConnectedError);
    expect(() => add.inputShape).toThrow(NotConnectedError);
    expect(() => add(tf.zeros([3]))).toThrow('AddBias "add": the rank of inputs must be at least 2');
    add(tf.zeros([2, 3]));
    expect(() => add(tf.zeros([2, 4]))).toThrow(
      'AddBias "add": inputs must have the shape [batch, 3], as at its first connection; got [2, 4].',
    );
    expect(() => new AddBias({ outputShape: [null, 4] })(tf.zeros([2, 3]))).toThrow(IncompatibleShapeError);
    expect(() => new AddBias({ outputShape: () => [null, 3, 1] })(tf.zeros([2, 3]))).toThrow('[batch, 3, 1]');
    expect(() => new AddBias({ biasDims: [0] })(tf.zeros([2, 3]))).toThrow(ValueError);
    expect(() => new AddBias({ biasDims: [7], name: 'other' })(tf.zeros([2, 3]))).toThrow('AddBias "other": biasDims');
  });

  it('refuses wrong options', () => {
    const w = initializers.ones();
    expect(() => new AddBias({ initializers: { w } as object })).toThrow(KeyError);
    expect(() => new AddBias({ regularizers: { b: 1 as never } })).toThrow(TypeError);
    expect(() => new AddBias({ outputShape: 3 as never })).toThrow(TypeError);
    expect(AddBias.getPossibleInitializerKeys()).toEqual(['b']);
  });
});
