import { Module, resetDefaultGraph, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACTCore,
  type AnyCore,
  BatchNormLSTM,
  ConvLSTM,
  DeepRNN,
  dynamicRnn,
  GRU,
  HighwayCore,
  LSTM,
  LSTMBlockCell,
  RelationalMemory,
  SkipConnectionCore,
  VanillaRNN,
} from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const vectors: [string, () => AnyCore][] = [
  ['VanillaRNN', () => new VanillaRNN(3)],
  ['LSTM', () => new LSTM(3, { useLayerNorm: true, usePeepholes: true })],
  ['LSTMBlockCell', () => new LSTMBlockCell(3)],
  ['GRU', () => new GRU(3)],
  ['HighwayCore', () => new HighwayCore(3, 1)],
  ['RelationalMemory', () => new RelationalMemory(2, 3)],
  ['ACTCore', () => new ACTCore(new GRU(3), 2, 0.9, (state) => state, { maxSteps: 2 })],
  ['SkipConnectionCore', () => new SkipConnectionCore(new VanillaRNN(3))],
  ['DeepRNN', () => new DeepRNN([new LSTM(3), new GRU(2)])],
  ['BatchNormLSTM', () => new BatchNormLSTM(3).withBatchNormControl({ isTraining: true })],
];

/** Connects a core inside a module that may fail afterwards. */
function connectWithin(core: AnyCore, unrolls: boolean, fails: boolean): (inputs: tf.Tensor) => unknown {
  return new Module(
    (inputs: tf.Tensor) => {
      const call = core as unknown as (inputs: tf.Tensor, state: unknown) => unknown;
      const results = unrolls
        ? dynamicRnn(core as never, inputs as never, { timeMajor: true })
        : call(inputs, core.initialState(2));
      if (fails) throw new Error('taken back');
      return results;
    },
    { name: 'outer' },
  );
}

describe.each(vectors)('a connection of %s that is taken back', (_, make) => {
  it.each([false, true])('leaves nothing behind, so that other sizes work later (unrolled: %s)', (unrolls) => {
    const core = make();
    const [first, second] = unrolls ? [tf.ones([3, 2, 4]), tf.ones([3, 2, 5])] : [tf.ones([2, 4]), tf.ones([2, 5])];
    const failing = connectWithin(core, unrolls, true);
    expectNoLeak(() => {
      expect(() => failing(first)).toThrow('taken back');
    });
    expect(core.isConnected).toBe(false);
    connectWithin(core, unrolls, false)(second);
    const names = core.variables.map((variable) => [variableName(variable), variable.shape]);
    resetDefaultGraph();
    const fresh = make();
    connectWithin(fresh, unrolls, false)(second);
    expect(names).toEqual(fresh.variables.map((variable) => [variableName(variable), variable.shape]));
  });
});

describe('a connection of ConvLSTM that is taken back', () => {
  it('leaves nothing behind', () => {
    const core = new ConvLSTM(1, [4, 1], 2, 3, { useLayerNorm: true });
    expect(() => connectWithin(core, false, true)(tf.ones([2, 4, 1]))).toThrow('taken back');
    connectWithin(core, false, false)(tf.ones([2, 4, 3]));
    expect(core.convolutions.input.w.shape).toEqual([3, 3, 8]);
  });
});

describe('what a connection told that is taken back', () => {
  it('is forgotten', () => {
    const skip = new SkipConnectionCore(new GRU(3));
    const deep = new DeepRNN([tf.tanh], { skipConnections: false });
    expect(() => connectWithin(skip, false, true)(tf.ones([2, 4]))).toThrow('taken back');
    expect(() => connectWithin(deep, false, true)(tf.ones([2, 4]))).toThrow('taken back');
    expect(() => skip.outputSize).toThrow('unknown');
    expect(() => deep.outputSize).toThrow('none of its cores');
  });
});
