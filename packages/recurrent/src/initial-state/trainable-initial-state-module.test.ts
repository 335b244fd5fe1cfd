import { resetDefaultGraph, ValueError, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, LSTM, LSTMState, TrainableInitialState } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('TrainableInitialState', () => {
  it('gives the state that it got, made of variables', () => {
    const row = tf.tensor2d([[1, 2]]);
    const given = new LSTMState(tf.tile(row, [3, 1]), tf.zeros([3, 2]));
    const start = new TrainableInitialState(given);
    tf.dispose([given.hidden, given.cell]);
    const state = start();
    expect(state).toBeInstanceOf(LSTMState);
    expect([...state.hidden.dataSync()]).toEqual([1, 2, 1, 2, 1, 2]);
    expect(start.getVariables().map((v) => [variableName(v), v.shape])).toEqual([
      ['trainable_initial_state/initial_state_0', [1, 2]],
      ['trainable_initial_state/initial_state_1', [1, 2]],
    ]);
  });

  it('learns only what the mask says', () => {
    const given = { hidden: tf.ones([2, 3]), cell: tf.ones([2, 3]) };
    const start = new TrainableInitialState(new LSTMState(given.hidden, given.cell), {
      mask: { hidden: false, cell: true },
      name: 'start',
    });
    const lstm = new LSTM(3);
    const loss = () => tf.sum(dynamicRnn(lstm, tf.ones([2, 2, 1]), { initialState: start() })[0]);
    const { grads } = valueAndGrads(loss, { variables: () => start.variables });
    expect(Object.keys(grads)).toEqual(['start/initial_state_1']);
    expect([...start().hidden.dataSync()]).toEqual(Array(6).fill(1));
  });

  it('makes new tensors at every call, and leaves nothing else behind', () => {
    const start = new TrainableInitialState([tf.ones([2, 3]), tf.ones([2, 1])], { mask: [true, false] });
    tf.dispose(start());
    tf.dispose(expectNoLeak(() => start()));
    expect(start()[1]?.isDisposed).toBe(false);
  });

  it('refuses masks and states that cannot be used', () => {
    const state = [tf.ones([2, 3]), tf.ones([2, 3])];
    expect(() => new TrainableInitialState(state, { mask: [1, 2] as never })).toThrow(TypeError);
    expect(() => new TrainableInitialState(state, { mask: [1, 2] as never })).toThrow(
      'mask should be null or booleans',
    );
    expect(() => new TrainableInitialState(state, { mask: [true] })).toThrow(ValueError);
    expect(() => new TrainableInitialState(state, { mask: true })).toThrow(ValueError);
    expect(() => new TrainableInitialState([1])).toThrow('must be tensors [batch, …]');
    expect(() => new TrainableInitialState(tf.scalar(1))).toThrow('got one of shape []');
    const uneven = tf.tensor2d([[1], [1], [2]]);
    expect(() => new TrainableInitialState([uneven])).toThrow('row 2 of tensor 0 [3, 1] differs from row 0');
    expect(new TrainableInitialState([uneven], { mask: [false] })()[0]?.shape).toEqual([3, 1]);
  });
});
