import { initializers, KeyError, resetDefaultGraph, ValueError, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { GRU } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('GRU', () => {
  it('moves its state towards a candidate, as far as the update gate says', () => {
    const zero = initializers.zeros();
    const gru = new GRU(1, {
      initializers: { wz: zero, uz: zero, bz: zero, wr: zero, ur: zero, br: zero, wh: zero, uh: zero, bh: zero },
    });
    const [output, state] = gru(tf.ones([1, 2]), tf.tensor2d([[4]]));
    expect(output.dataSync()[0]).toBe(2);
    expect(state).toBe(output);
  });

  it('has nine variables, in the order of the gates', () => {
    const gru = new GRU(2, { name: 'g' });
    const [x, s] = [tf.ones([1, 3]), gru.initialState(1)];
    tf.dispose(gru(x, s));
    const names = GRU.getPossibleInitializerKeys();
    expect(names).toEqual(['wz', 'uz', 'bz', 'wr', 'ur', 'br', 'wh', 'uh', 'bh']);
    expect(gru.getVariables().map(variableName)).toEqual(names.map((name) => `g/${name}`));
    tf.dispose(expectNoLeak(() => gru(x, s)));
  });

  it('says what is wrong', () => {
    expect(() => new GRU(2, { initializers: { w: initializers.ones() } as never })).toThrow(KeyError);
    expect(() => new GRU(2, { regularizers: { wz: 1 as never } })).toThrow(TypeError);
    expect(() => new GRU(0)).toThrow(ValueError);
    const gru = new GRU(2);
    expect(() => gru(tf.ones([3]), tf.zeros([3, 2]))).toThrow('the rank of inputs must be 2, not 1');
    expect(() => gru(tf.ones([3, 4]), tf.zeros([3, 3]))).toThrow('prevState must be float32 [3, 2]');
    gru(tf.ones([1, 4]), tf.zeros([1, 2]));
    expect(() => gru(tf.ones([1, 5]), tf.zeros([1, 2]))).toThrow('must be 4, as at its first connection; got 5');
  });
});
