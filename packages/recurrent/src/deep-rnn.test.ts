import { Module, resetDefaultGraph, ValueError, variableName } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormLSTM,
  Conv1DLSTM,
  DeepRNN,
  dynamicRnn,
  GRU,
  LSTM,
  LSTMState,
  type RNNCore,
  VanillaRNN,
} from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('DeepRNN', () => {
  it('gives every core the inputs, and puts all outputs one behind the other', () => {
    const [a, b] = [new GRU(2), new GRU(3)];
    const deep = new DeepRNN([a, b]);
    const x = tf.randomUniform([2, 4], -1, 1, 'float32', 1);
    const [s1, s2] = deep.initialState(2);
    const [output, next] = deep(x, [s1, s2]);
    const [o1] = a(x, s1);
    const [o2] = b(tf.concat([x, o1], 1), s2);
    expect([...output.dataSync()]).toEqual([...tf.concat([o1, o2], 1).dataSync()]);
    expect([...next[1].dataSync()]).toEqual([...o2.dataSync()]);
    expect([deep.outputSize, deep.stateSize]).toEqual([[5], [[2], [3]]]);
  });

  it('may give only the outputs of the last core', () => {
    const deep = new DeepRNN([new GRU(2), new GRU(3)], { concatFinalOutputIfSkip: false });
    expect(deep.outputSize).toEqual([3]);
    expect(deep(tf.ones([1, 4]), deep.initialState(1))[0].shape).toEqual([1, 3]);
  });

  it('may have layers without a state between the cores', () => {
    const layers = [new Linear(3), tf.relu, new LSTM(2), tf.tanh] as const;
    const deep = new DeepRNN(layers, { skipConnections: false });
    expect(deep.outputSize).toEqual([2]);
    const [output, [state]] = deep(tf.ones([1, 4]), deep.initialState(1));
    expect(output.shape).toEqual([1, 2]);
    expect(state).toBeInstanceOf(LSTMState);
    expect(deep.variables.map(variableName)).toEqual(['linear/b', 'linear/w', 'lstm/b_gates', 'lstm/w_gates']);
    expect(deep.getVariables()).toEqual([]);
  });

  it('may have no recurrent core at all', () => {
    const deep = new DeepRNN([new Linear(3), tf.relu], { skipConnections: false });
    expect([deep.initialState(2), deep.stateSize]).toEqual([[], []]);
    const [output, state] = deep(tf.ones([2, 4]), []);
    expect([output.shape, state]).toEqual([[2, 3], []]);
    expect(dynamicRnn(deep, tf.ones([2, 5, 4]))[0].shape).toEqual([2, 5, 3]);
  });

  it('finds its output size where a layer knows it, and remembers it from the latest connection', () => {
    const unknown = new DeepRNN([tf.relu, tf.tanh], { skipConnections: false });
    expect(() => unknown.outputSize).toThrow(ValueError);
    expect(() => unknown.outputSize).toThrow('DeepRNN "deep_rnn": none of its cores knows its output size');
    unknown(tf.ones([2, 7]), []);
    expect(unknown.outputSize).toEqual([7]);
    dynamicRnn(unknown, tf.ones([2, 5, 6]));
    expect(unknown.outputSize).toEqual([6]);
  });

  it('hands options on to all layers', () => {
    const seen: unknown[] = [];
    const watch = new Module((x: tf.Tensor, options?: object) => {
      seen.push(options);
      return x;
    });
    const deep = new DeepRNN([watch, new BatchNormLSTM(2)], { skipConnections: false });
    const state = deep.initialState(3);
    deep(tf.randomUniform([3, 2], -1, 1, 'float32', 1), state, { isTraining: true });
    expect(seen).toEqual([{ isTraining: true }]);
    expect(() => deep(tf.ones([3, 2]), state)).toThrow('isTraining must be explicitly specified');
  });

  it('stacks stacks', () => {
    const inner = new DeepRNN([new VanillaRNN(2), new LSTM(2)], { skipConnections: false });
    const deep = new DeepRNN([inner, new GRU(3)], { skipConnections: false });
    const [[first, second], third] = deep.initialState(2);
    expect([first.shape, second.cell.shape, third.shape]).toEqual([
      [2, 2],
      [2, 2],
      [2, 3],
    ]);
    expect(dynamicRnn(deep, tf.ones([2, 4, 5]))[0].shape).toEqual([2, 4, 3]);
  });

  it('unrolls its layers in one connection each', () => {
    const [lstm, linear, gru] = [new LSTM(2), new Linear(3), new GRU(2)];
    const deep = new DeepRNN([lstm, linear, gru], { skipConnections: false });
    dynamicRnn(deep, tf.ones([2, 4, 5]));
    expect([lstm, linear, gru].map(({ nameScopes }) => nameScopes)).toEqual([
      ['rnn/while/deep_rnn/lstm'],
      ['rnn/while/deep_rnn/linear'],
      ['rnn/while/deep_rnn/gru'],
    ]);
  });

  it('leaks nothing', () => {
    const deep = new DeepRNN([new LSTM(2), new LSTM(3)]);
    const [x, state] = [tf.ones([2, 4]), deep.initialState(2)];
    tf.dispose(deep(x, state) as never);
    tf.dispose(expectNoLeak(() => deep(x, state)) as never);
  });

  it('makes trainable states with the names of the cores', () => {
    const deep = new DeepRNN([new VanillaRNN(2), new LSTM(2)]);
    const start = new Module(() => deep.initialState(2, { trainable: true, name: 'ignored' }), { name: 'start' });
    start();
    expect(start.variables.map(variableName)).toEqual([
      'start/lstm_initial_state_cell/w',
      'start/lstm_initial_state_hidden/w',
      'start/vanilla_rnn_initial_state_0/w',
    ]);
    expect(deep.zeroState(1)[1]).toBeInstanceOf(LSTMState);
  });
});

describe('the errors of a DeepRNN', () => {
  it('are about its cores', () => {
    expect(() => new DeepRNN(5 as never)).toThrow(ValueError);
    expect(() => new DeepRNN(5 as never)).toThrow('cores should be an iterable object');
    expect(() => new DeepRNN([])).toThrow('cores must not be empty');
    expect(() => new DeepRNN([new GRU(2), 3 as never])).toThrow(TypeError);
    expect(() => new DeepRNN([new Linear(3), new GRU(2), tf.tanh])).toThrow(
      /skipConnections are enabled.*Linear "linear", GRU "\w+", function tanh/,
    );
  });

  it('are about outputs that cannot be put one behind the other', () => {
    const conv = (inputShape: number[], outputChannels: number) =>
      new Conv1DLSTM({ inputShape, outputChannels, kernelShape: 1 });
    expect(() => new DeepRNN([conv([4, 2], 2), conv([4, 2], 3)])).toThrow(
      'Core 0 has shape [4, 2], whereas Core 1 has shape [4, 3]',
    );
    const deep = new DeepRNN([conv([4, 2], 2), conv([4, 4], 2)]);
    expect(deep.outputSize).toEqual([4, 4]);
    expect(deep(tf.ones([1, 4, 2]), deep.initialState(1))[0].shape).toEqual([1, 4, 4]);
  });

  it('are about its state', () => {
    const deep = new DeepRNN([new GRU(2), new GRU(3)]);
    const call = deep as unknown as (x: tf.Tensor, state?: unknown) => unknown;
    expect(() => call(tf.ones([1, 4]), [tf.zeros([1, 2])])).toThrow(ValueError);
    expect(() => call(tf.ones([1, 4]), [tf.zeros([1, 2])])).toThrow('must be an array of 2');
    expect(() => call(tf.ones([1, 4]))).toThrow('got undefined. Call it as core(inputs, prevState)');
  });

  it('are about sizes that differ from the first connection', () => {
    const deep = new DeepRNN([new GRU(2), new GRU(3)]);
    deep(tf.ones([1, 4]), deep.initialState(1));
    expect(() => deep(tf.ones([1, 5]), deep.initialState(1))).toThrow(ValueError);
    expect(() => deep(tf.ones([1, 5]), deep.initialState(1))).toThrow('must be 4, as at its first connection; got 5');
  });

  it('are about numbers of initializers', () => {
    const deep = new DeepRNN([new GRU(2), tf.tanh, new GRU(3)], { skipConnections: false }) as unknown as RNNCore;
    const options = { trainable: true, trainableInitializers: [() => tf.zeros([1, 2])] };
    expect(() => deep.initialState(1, options)).toThrow(ValueError);
    expect(() => deep.initialState(1, options)).toThrow('an array of 2; got 1');
  });
});
