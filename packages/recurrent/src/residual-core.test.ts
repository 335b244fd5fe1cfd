import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchNormLSTM, LSTM, LSTMState, ResidualCore } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('ResidualCore', () => {
  it('adds the inputs to the outputs, and leaves the state alone', () => {
    const lstm = new LSTM(2);
    const core = new ResidualCore(lstm);
    const [x, state] = [tf.tensor2d([[1, 2]]), core.initialState(1)];
    const [output, next] = core(x, state);
    const [plain, expected] = lstm(x, state);
    expect([...output.dataSync()]).toEqual([...tf.add(plain, x).dataSync()]);
    expect([...next.cell.dataSync()]).toEqual([...expected.cell.dataSync()]);
    expect(state).toBeInstanceOf(LSTMState);
    expect([core.outputSize, core.stateSize]).toEqual([lstm.outputSize, lstm.stateSize]);
    tf.dispose(expectNoLeak(() => core(x, state)) as never);
  });

  it('hands options on', () => {
    const core = new ResidualCore(new BatchNormLSTM(2));
    const x = tf.randomUniform([3, 2], -1, 1, 'float32', 1);
    expect(core(x, core.initialState(3), { isTraining: true })[0].shape).toEqual([3, 2]);
  });

  it('refuses outputs that cannot be added, and what is no core', () => {
    const core = new ResidualCore(new LSTM(3));
    expect(() => core(tf.ones([2, 2]), core.initialState(2))).toThrow(ValueError);
    expect(() => core(tf.ones([2, 2]), core.initialState(2))).toThrow('got inputs [2, 2], outputs [2, 3].');
    expect(() => new ResidualCore(tf.tanh as never)).toThrow('ResidualCore: expected a recurrent core');
  });
});
