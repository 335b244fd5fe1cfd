import { Module, resetDefaultGraph, ValueError, variableName } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BidirectionalRNN, DeepRNN, dynamicRnn, GRU, LSTM } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const rounded = (tensor: tf.Tensor) => [...tensor.dataSync()].map((value) => Math.round(value * 1e5) / 1e5);

describe('BidirectionalRNN', () => {
  it('gives outputs and states of all steps, those of the backward core in its own order', () => {
    const [fw, bw] = [new GRU(2), new LSTM(3)];
    const both = new BidirectionalRNN(fw, bw);
    const inputs = tf.randomUniform([5, 2, 3], -1, 1, 'float32', 1);
    const { outputs, state } = both(inputs, both.initialState(2));
    const [forward] = dynamicRnn(fw, inputs, { timeMajor: true });
    const [backward, last] = dynamicRnn(bw, tf.reverse(inputs, 0), { timeMajor: true });
    expect(rounded(outputs.forward)).toEqual(rounded(forward));
    expect(rounded(outputs.backward)).toEqual(rounded(backward));
    expect(rounded(state.forward)).toEqual(rounded(forward));
    expect(state.backward.cell.shape).toEqual([5, 2, 3]);
    expect(rounded(tf.slice(state.backward.cell, [4, 0, 0], [1, 2, 3]))).toEqual(rounded(last.cell));
  });

  it('takes any cores', () => {
    const deep = new DeepRNN([new LSTM(2), new GRU(2)]);
    const both = new BidirectionalRNN(deep, new GRU(2));
    const { outputs, state } = both(tf.ones([3, 1, 2]), both.initialState(1));
    expect([outputs.forward.shape, state.forward[0].cell.shape]).toEqual([
      [3, 1, 4],
      [3, 1, 2],
    ]);
  });

  it('has the sizes and states of both cores', () => {
    const both = new BidirectionalRNN(new GRU(2), new GRU(3));
    expect([both.stateSize, both.outputSize]).toEqual([
      [[2], [3]],
      [[2], [3]],
    ]);
    const start = new Module(() => both.initialState(1, { trainable: true }), { name: 'm' });
    start();
    expect(start.variables.map(variableName)).toEqual(['m/state_backward_0/w', 'm/state_forward_0/w']);
  });

  it('leaks nothing', () => {
    const both = new BidirectionalRNN(new GRU(2), new GRU(3));
    const [inputs, state] = [tf.ones([70, 1, 2]), both.initialState(1)];
    tf.dispose(both(inputs, state) as never);
    tf.dispose(expectNoLeak(() => both(inputs, state)) as never);
  });

  it('says what is wrong', () => {
    expect(() => new BidirectionalRNN(new Linear(2) as never, new GRU(2))).toThrow(ValueError);
    const both = new BidirectionalRNN(new GRU(2), new GRU(3), { name: 'both' });
    const state = both.initialState(2);
    expect(() => both(tf.ones([2]), state)).toThrow(
      'BidirectionalRNN "both": the inputs must be tensors [steps, batch',
    );
    expect(() => both(tf.ones([0, 2, 3]), state)).toThrow('must have at least one step');
    expect(() => both(tf.ones([1, 2, 3]), [state[0]] as never)).toThrow('must be an array of 2');
    expect(() => both(tf.ones([1, 3, 3]), state)).toThrow('must be float32 [3, 2]');
  });
});
