import {
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, VanillaRNN } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('VanillaRNN', () => {
  it('gives the activation of the sum of its layers, as output and state', () => {
    const ones = { w: initializers.ones(), b: initializers.ones() };
    const rnn = new VanillaRNN(1, {
      activation: tf.relu,
      initializers: { in_to_hidden: ones, hidden_to_hidden: ones },
    });
    const [output, state] = rnn(tf.tensor2d([[1, 2]]), tf.tensor2d([[10]]));
    expect(output.dataSync()[0]).toBe(3 + 1 + 10 + 1);
    expect(state).toBe(output);
  });

  it('shows its layers and their variables once it is connected', () => {
    const rnn = new VanillaRNN(3, { name: 'rnn' });
    for (const key of [
      'inToHiddenLinear',
      'hiddenToHiddenLinear',
      'inToHiddenVariables',
      'hiddenToHiddenVariables',
    ] as const) {
      expect(() => rnn[key]).toThrow(NotConnectedError);
    }
    rnn(tf.ones([1, 2]), rnn.initialState(1));
    expect(rnn.inToHiddenLinear.w.shape).toEqual([2, 3]);
    expect(rnn.hiddenToHiddenLinear.w.shape).toEqual([3, 3]);
    expect(rnn.inToHiddenVariables.map(variableName)).toEqual(['rnn/in_to_hidden/w', 'rnn/in_to_hidden/b']);
    expect(rnn.hiddenToHiddenVariables.map(variableName)).toEqual(['rnn/hidden_to_hidden/w', 'rnn/hidden_to_hidden/b']);
  });

  it('leaks nothing', () => {
    const rnn = new VanillaRNN(3);
    const [x, s] = [tf.ones([1, 2]), rnn.initialState(1)];
    tf.dispose(rnn(x, s));
    tf.dispose(expectNoLeak(() => rnn(x, s)));
  });

  it('refuses keys that are none of its layers, or of their variables', () => {
    const init = initializers.ones();
    expect(() => new VanillaRNN(2, { initializers: { w: init } as never })).toThrow(KeyError);
    expect(() => new VanillaRNN(2, { partitioners: { in_to_hidden: { q: init } } as never })).toThrow(
      "VanillaRNN: in_to_hidden: Invalid partitioner keys 'q'",
    );
    expect(() => new VanillaRNN(2, { regularizers: { hidden_to_hidden: { w: 3 } } as never })).toThrow(TypeError);
  });

  it('refuses sizes and activations that are none', () => {
    for (const size of [0, -1, 1.5, '3', null]) expect(() => new VanillaRNN(size as number)).toThrow(ValueError);
    expect(() => new VanillaRNN(2, { activation: 'tanh' as never })).toThrow(TypeError);
  });

  it('says what is wrong with inputs and state, and stays as it was', () => {
    const rnn = new VanillaRNN(3, { name: 'rnn' });
    const state = tf.zeros([2, 3]);
    expect(() => rnn(tf.ones([2, 4]), undefined as never)).toThrow(
      'VanillaRNN "rnn": prevState must be a tensor [2, 3]; got undefined. Call it as core(inputs, prevState)',
    );
    expect(() => rnn(tf.ones([2, 4]), tf.zeros([2, 4]))).toThrow(ValueError);
    expect(() => rnn(tf.ones([2, 4]), tf.zeros([3, 3]))).toThrow('must be float32 [2, 3]');
    expect(() => rnn(tf.ones([2, 4]), tf.zeros([2, 3], 'int32'))).toThrow('got int32 [2, 3]');
    expect(() => rnn(tf.ones([2, 4, 1]), state)).toThrow(IncompatibleShapeError);
    expect(rnn.isConnected).toBe(false);
    expect(rnn(tf.ones([2, 5]), state)[0].shape).toEqual([2, 3]);
    expect(() => rnn(tf.ones([2, 4]), state)).toThrow(ValueError);
    expect(() => rnn(tf.ones([2, 4]), state)).toThrow(
      'VanillaRNN "rnn": the last dimension of inputs must be 5, as at its first connection; got 4.',
    );
    expect(() => dynamicRnn(rnn, tf.ones([2, 3, 4]))).toThrow('must be 5, as at its first connection; got 4');
  });
});
