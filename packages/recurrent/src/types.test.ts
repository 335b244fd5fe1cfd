import { resetDefaultGraph } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  BidirectionalRNN,
  bidirectionalDynamicRnn,
  DeepRNN,
  dynamicRnn,
  GRU,
  LSTM,
  LSTMBlockCell,
  type LSTMState,
  type LSTMStateTuple,
  lstmWithRecurrentDropout,
  ModelRNN,
  ResidualCore,
  staticRnn,
  TrainableInitialState,
} from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('the types of states', () => {
  it('follow from the core', () => {
    const [lstm, gru] = [new LSTM(2), new GRU(2)];
    const x = tf.ones([1, 2]);
    const [y, state] = lstm(x, lstm.initialState(1));
    expectTypeOf(y).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(state).toEqualTypeOf<LSTMState>();
    const [hidden, cell] = state;
    expectTypeOf(cell).toEqualTypeOf<tf.Tensor>();
    expect(hidden).toBe(state.hidden);
    const [, next] = gru(x, gru.initialState(1));
    expectTypeOf(next).toEqualTypeOf<tf.Tensor>();
  });

  it('are containers of tensors, which tidy and dispose take', () => {
    const lstm = new LSTM(2);
    const [x, start] = [tf.ones([1, 2]), lstm.initialState(1)];
    const [y, next] = tf.tidy(() => lstm(x, start));
    expectTypeOf(next).toEqualTypeOf<LSTMState>();
    const deep = new DeepRNN([new LSTM(2), new LSTMBlockCell(2)]);
    const states = tf.tidy(() => deep(x, deep.initialState(1))[1]);
    expectTypeOf(states).toEqualTypeOf<[LSTMState, LSTMStateTuple]>();
    tf.dispose(next);
    tf.dispose(states);
    tf.dispose({ start, more: [start] });
    expect([y, start.cell, states[1].c].map(({ isDisposed }) => isDisposed)).toEqual([true, true, true]);
  });

  it('go through stacks, wrappers and unrolling', () => {
    const deep = new DeepRNN([new Linear(2), tf.relu, new LSTM(2), new GRU(2)], { skipConnections: false });
    const x = tf.ones([1, 3, 2]);
    const [outputs, states] = dynamicRnn(deep, x, { initialState: deep.initialState(1) });
    expectTypeOf(outputs).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(states).toEqualTypeOf<[LSTMState, tf.Tensor]>();
    const many = new DeepRNN([1, 2].map(() => new LSTM(2)));
    expectTypeOf(many.initialState(1)).toEqualTypeOf<LSTMState[]>();
    const residual = new ResidualCore(new LSTM(2));
    expectTypeOf(staticRnn(residual, [tf.ones([1, 2])])[1]).toEqualTypeOf<LSTMState>();
    const [train] = lstmWithRecurrentDropout(2);
    expectTypeOf(train.initialState(1)).toEqualTypeOf<[state: LSTMState, masks: tf.Tensor[]]>();
    const model = new ModelRNN(new Linear(2));
    expectTypeOf(model.initialState(1)).toEqualTypeOf<tf.Tensor>();
    const both = bidirectionalDynamicRnn(new LSTM(2), new GRU(2), x);
    expectTypeOf(both[1]).toEqualTypeOf<[forward: LSTMState, backward: tf.Tensor]>();
    const bidirectional = new BidirectionalRNN(new LSTM(2), new GRU(2));
    const { state } = bidirectional(tf.ones([3, 1, 2]), bidirectional.initialState(1));
    expectTypeOf(state.forward).toEqualTypeOf<LSTMState>();
    const start = new TrainableInitialState(deep.initialState(1));
    expectTypeOf(start()).toEqualTypeOf<[LSTMState, tf.Tensor]>();
    expect(outputs.shape).toEqual([1, 3, 2]);
  });
});
