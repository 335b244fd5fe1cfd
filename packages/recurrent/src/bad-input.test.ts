import { nest, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { Linear, Sequential } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACTCore,
  type AnyCore,
  BatchNormLSTM,
  Conv1DLSTM,
  Conv2DLSTM,
  ConvLSTM,
  DeepRNN,
  dynamicRnn,
  GRU,
  HighwayCore,
  LSTM,
  LSTMBlockCell,
  ModelRNN,
  RecurrentDropoutWrapper,
  RelationalMemory,
  ResidualCore,
  SkipConnectionCore,
  staticRnn,
  VanillaRNN,
  ZoneoutWrapper,
} from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** Each core, and the shape of its inputs without the batch dimension. */
const cores: [string, () => AnyCore, number[]][] = [
  ['VanillaRNN', () => new VanillaRNN(3), [3]],
  ['LSTM', () => new LSTM(3), [3]],
  ['LSTM with a projection', () => new LSTM(3, { projectionSize: 2 }), [3]],
  ['LSTMBlockCell', () => new LSTMBlockCell(3), [3]],
  ['BatchNormLSTM', () => new BatchNormLSTM(3).withBatchNormControl({ isTraining: true }), [3]],
  ['GRU', () => new GRU(3), [3]],
  ['HighwayCore', () => new HighwayCore(3, 2), [3]],
  ['ConvLSTM', () => new ConvLSTM(3, [2, 2, 2, 1], 1, 2), [2, 2, 2, 1]],
  ['Conv1DLSTM', () => new Conv1DLSTM({ inputShape: [4, 1], outputChannels: 2, kernelShape: 3 }), [4, 1]],
  ['Conv2DLSTM', () => new Conv2DLSTM({ inputShape: [3, 3, 1], outputChannels: 2, kernelShape: 3 }), [3, 3, 1]],
  ['RelationalMemory', () => new RelationalMemory(2, 3), [3]],
  ['ACTCore', () => new ACTCore(new GRU(3), 2, 0.9, (state) => state, { maxSteps: 2 }), [3]],
  ['ModelRNN', () => new ModelRNN(new Linear(3)), [3]],
  ['DeepRNN', () => new DeepRNN([new LSTM(3), new GRU(3)]), [3]],
  ['ResidualCore', () => new ResidualCore(new GRU(3)), [3]],
  ['SkipConnectionCore', () => new SkipConnectionCore(new LSTM(3)), [3]],
  ['RecurrentDropoutWrapper', () => new RecurrentDropoutWrapper(new GRU(3), 0.5), [3]],
  ['ZoneoutWrapper', () => new ZoneoutWrapper(new GRU(3), 0.5, { isTraining: false }), [3]],
];

type Call = (inputs: unknown, state?: unknown) => unknown;

/** The leaves of a state in another structure than its own. */
function restructured(state: unknown): unknown[] {
  return [[...nest.flatten(state), tf.zeros([2, 3])]];
}

describe.each(cores)('%s refuses', (_, make, shape) => {
  const inputs = () => tf.ones([2, ...shape]);
  const sequence = () => tf.ones([2, 4, ...shape]);

  it('to stand in a Sequential, which has no state for it', () => {
    const sequential = new Sequential([make() as never]) as unknown as Call;
    expect(() => sequential(inputs())).toThrow(ValueError);
    expect(() => sequential(inputs())).toThrow(/got undefined.*put recurrent cores into a DeepRNN/);
  });

  it('states of the wrong structure, called and unrolled', () => {
    const core = make();
    const state = restructured(core.initialState(2));
    expect(() => (core as unknown as Call)(inputs(), state)).toThrow(ValueError);
    const options = { initialState: state } as never;
    expect(() => dynamicRnn(core as never, sequence() as never, options)).toThrow(ValueError);
    expect(() => staticRnn(core as never, [inputs()] as never, options)).toThrow(ValueError);
    expect(core.isConnected).toBe(false);
  });

  it('states with another number of rows, called and unrolled', () => {
    const core = make();
    const state = core.initialState(3);
    // A ModelRNN ignores its inputs, so they say nothing about rows.
    if (!(core instanceof ModelRNN)) expect(() => (core as unknown as Call)(inputs(), state)).toThrow(ValueError);
    const options = { initialState: state } as never;
    expect(() => dynamicRnn(core as never, sequence() as never, options)).toThrow(ValueError);
    expect(() => staticRnn(core as never, [inputs()] as never, options)).toThrow(ValueError);
    expect(core.isConnected).toBe(false);
  });

  it('states of another dtype, called and unrolled', () => {
    const core = make();
    const state = nest.map((leaf) => tf.cast(leaf as tf.Tensor, 'int32'), core.initialState(2));
    expect(() => (core as unknown as Call)(inputs(), state)).toThrow(ValueError);
    const options = { initialState: state } as never;
    expect(() => dynamicRnn(core as never, sequence() as never, options)).toThrow(ValueError);
    expect(core.isConnected).toBe(false);
  });

  it('sequence lengths that are none', () => {
    const core = make();
    for (const sequenceLength of [[5, 1], [1, -1], [1.5, 2], [1], [1, 2, 3], 4, 'ab', tf.ones([2, 2], 'int32')]) {
      const options = { sequenceLength } as never;
      expect(() => dynamicRnn(core as never, sequence() as never, options)).toThrow(ValueError);
      expect(() => staticRnn(core as never, tf.unstack(sequence(), 1) as never, options)).toThrow(ValueError);
    }
    expect(core.isConnected).toBe(false);
  });
});
