import {
  IncompatibleShapeError,
  initializers,
  KeyError,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConcatLinear } from './concat-linear.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const names = (module: ConcatLinear): string[] => module.variables.map(variableName);

describe('ConcatLinear', () => {
  it('adds up a linear map of each input, with one bias', () => {
    const join = new ConcatLinear(2, { initializers: { w: initializers.ones(), b: initializers.constant(10) } });
    const outputs = join([tf.ones([3, 1]), tf.ones([3, 4])]);
    expect(outputs.shape).toEqual([3, 2]);
    expect(outputs.dataSync()[0]).toBe(15);
    expect(names(join)).toEqual(['concat_linear/linear/b', 'concat_linear/linear/w', 'concat_linear/linear_1/w']);
  });

  it('takes a single input, and no bias', () => {
    const join = new ConcatLinear(() => 2, { useBias: false, name: 'join' });
    expect(join([tf.ones([3, 4])]).shape).toEqual([3, 2]);
    expect(names(join)).toEqual(['join/linear/w']);
  });

  it('regularizes every variable', () => {
    const join = new ConcatLinear(2, { regularizers: { w: regularizers.l2(1), b: regularizers.l1(1) } });
    join([tf.ones([3, 1]), tf.ones([3, 4])]);
    expect(regularizationLosses()).toHaveLength(3);
  });

  it('shares its variables between connections, and leaks nothing', () => {
    const join = new ConcatLinear(2);
    const inputs = [tf.ones([3, 1]), tf.ones([3, 4])];
    tf.tidy(() => {
      join(inputs);
    });
    const before = names(join);
    for (let i = 0; i < 100; i++) expectNoLeak(() => join(inputs)).dispose();
    expect(names(join)).toEqual(before);
  });

  it('refuses inputs that do not go together', () => {
    const join = new ConcatLinear(2);
    expect(() => join([])).toThrow('ConcatLinear "concat_linear": there must be at least one input; got none.');
    expect(() => join(tf.ones([3, 1]) as never)).toThrow(TypeError);
    expect(() => join([tf.ones([3, 1]), tf.ones([4, 1])])).toThrow(IncompatibleShapeError);
    join([tf.ones([3, 1]), tf.ones([3, 4])]);
    expect(() => join([tf.ones([3, 1])])).toThrow('there must be 2 inputs, as at its first connection; got [3, 1].');
    expect(() => join([tf.ones([3, 1]), tf.ones([3, 5])])).toThrow(ValueError);
  });

  it('refuses wrong options', () => {
    expect(() => new ConcatLinear(0)).toThrow(ValueError);
    const initializers_ = { b: initializers.ones() };
    expect(() => new ConcatLinear(2, { useBias: false, initializers: initializers_ })).toThrow(KeyError);
    expect(ConcatLinear.getPossibleInitializerKeys()).toEqual(['w', 'b']);
  });
});
