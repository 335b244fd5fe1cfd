import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, GRU, LSTM, staticRnn } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

function values(...tensors: tf.Tensor[]): number[] {
  return tensors.flatMap((tensor) => [...tensor.dataSync()].map((value) => Math.round(value * 1e5) / 1e5));
}

describe('staticRnn', () => {
  it('gives what dynamicRnn gives, with a connection for each step', () => {
    const lstm = new LSTM(2);
    const inputs = tf.randomUniform([3, 4, 2], -1, 1, 'float32', 1);
    const options = { sequenceLength: [4, 2, 0], initialState: [tf.ones([3, 2]), tf.zeros([3, 2])] as const };
    const [outputs, state] = staticRnn(lstm, tf.unstack(inputs, 1), options);
    expect(lstm.nameScopes).toEqual(['rnn/lstm', 'rnn/lstm_1', 'rnn/lstm_2', 'rnn/lstm_3']);
    const [expected, final] = dynamicRnn(lstm, inputs, options);
    expect(values(tf.stack(outputs, 1))).toEqual(values(expected));
    expect(values(...state)).toEqual(values(...final));
  });

  it('begins with zeros, and leaves nothing behind', () => {
    const gru = new GRU(2);
    const inputs = [tf.ones([3, 2]), tf.ones([3, 2])];
    tf.dispose(staticRnn(gru, inputs));
    const [outputs] = expectNoLeak(() => staticRnn(gru, inputs, { scope: 'mine' }));
    expect(outputs).toHaveLength(2);
    expect(gru.nameScopes.at(-1)).toBe('mine/gru_1');
  });

  it('says what is wrong', () => {
    const gru = new GRU(2);
    const x = tf.ones([3, 2]);
    expect(() => staticRnn(gru, [])).toThrow(ValueError);
    expect(() => staticRnn(gru, x as never)).toThrow('inputs must be an array');
    expect(() => staticRnn(gru, [x, tf.ones([2, 2])])).toThrow('with as many rows; got [3, 2], [2, 2]');
    expect(() => staticRnn(gru, [x], { initialState: tf.zeros([2, 2]) })).toThrow('must be tensors [3, …]');
    expect(() => staticRnn(gru, [x], { sequenceLength: [2, 0, 0] })).toThrow('between 0 and 1');
    expect(() => staticRnn(tf.tanh as never, [x])).toThrow('staticRnn: expected a recurrent core');
    expect(gru.isConnected).toBe(false);
  });
});
