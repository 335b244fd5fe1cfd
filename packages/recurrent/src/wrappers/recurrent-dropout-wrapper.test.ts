import { nest, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  dynamicRnn,
  GRU,
  highwayCoreWithRecurrentDropout,
  LSTM,
  LSTMState,
  lstmWithRecurrentDropout,
  RecurrentDropoutWrapper,
} from '../index.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 5 });
});

describe('RecurrentDropoutWrapper', () => {
  it('draws masks for those tensors of the state that have a probability', () => {
    const core = new RecurrentDropoutWrapper(new LSTM(50), { hidden: 0.5, cell: null });
    expect(core.stateSize).toEqual([new LSTMState([50], [50]), [[50]]]);
    const [state, masks] = core.initialState(4);
    expect(state).toBeInstanceOf(LSTMState);
    expect(masks).toHaveLength(1);
    const values = [...(masks[0] as tf.Tensor).dataSync()];
    expect(new Set(values)).toEqual(new Set([0, 2]));
    expect(values.filter((value) => value === 2).length / values.length).toBeCloseTo(0.5, 0);
  });

  it('draws the same masks with the same seed, and others the next time', () => {
    const draw = () => {
      const core = new RecurrentDropoutWrapper(new GRU(20), 0.5);
      return [core, core].map((wrapper) => [...(wrapper.initialState(2)[1][0] as tf.Tensor).dataSync()]);
    };
    const [a, b] = draw();
    resetDefaultGraph({ seed: 5 });
    expect(draw()).toEqual([a, b]);
    expect(b).not.toEqual(a);
  });

  it('multiplies the next state with the masks, not the output', () => {
    const gru = new GRU(2);
    const core = new RecurrentDropoutWrapper(gru, 0.5);
    const [x, state, mask] = [tf.ones([1, 3]), tf.ones([1, 2]), tf.tensor2d([[0, 2]])];
    const [output, [next, masks]] = core(x, [state, [mask]]);
    expect([...output.dataSync()]).toEqual([...gru(x, state)[0].dataSync()]);
    expect([...next.dataSync()]).toEqual([...tf.mul(output, mask).dataSync()]);
    expect([...(masks[0] as tf.Tensor).dataSync()]).toEqual([0, 2]);
  });

  it('gives states that share no tensor with the ones before them', () => {
    const core = new RecurrentDropoutWrapper(new LSTM(2), { hidden: 0.5, cell: null });
    const inputs = tf.ones([1, 3]);
    const states = [core.initialState(1), core.initialState(1)] as const;
    const results = [core(inputs, states[0])[1], dynamicRnn(core, tf.ones([1, 2, 3]), { initialState: states[1] })[1]];
    tf.dispose(states as never);
    expect(results.flatMap((state) => nest.flatten(state)).map((leaf) => (leaf as tf.Tensor).isDisposed)).toEqual(
      Array(6).fill(false),
    );
  });

  it('says what is wrong', () => {
    expect(() => new RecurrentDropoutWrapper(tf.tanh as never, 0.5)).toThrow(ValueError);
    expect(() => new RecurrentDropoutWrapper(new GRU(2), 0)).toThrow('must be null, or numbers above 0 and at most 1');
    expect(() => new RecurrentDropoutWrapper(new LSTM(2), [0.5])).toThrow(
      "keepProbs must have the structure of the core's stateSize, {hidden:[2], cell:[2]}",
    );
    const core = new RecurrentDropoutWrapper(new GRU(2), 0.5);
    expect(() => core(tf.ones([1, 3]), tf.zeros([1, 2]) as never)).toThrow('the previous state must be [state, masks]');
    expect(() => core(tf.ones([1, 3]), [tf.zeros([1, 2]), []])).toThrow('an array of 1 masks');
  });
});

describe('cores with recurrent dropout', () => {
  it('come with the core itself, for testing', () => {
    const [train, test] = lstmWithRecurrentDropout(4, { keepProb: 0.5, usePeepholes: true, name: 'mem' });
    expect([train.moduleName, test.moduleName, test.usePeepholes]).toEqual(['mem_recdropout', 'mem', true]);
    const inputs = tf.ones([2, 5, 3]);
    dynamicRnn(train, inputs);
    dynamicRnn(test, inputs);
    expect(train.variables).toEqual(test.variables);
    const [highway, plain] = highwayCoreWithRecurrentDropout(4, 2, { keepProb: 0.5 });
    dynamicRnn(highway, inputs);
    expect(highway.variables).toEqual(plain.variables);
  });

  it('drop the same elements in all steps', () => {
    const [train] = lstmWithRecurrentDropout(4, { keepProb: 0.5 });
    const [, [state, masks]] = dynamicRnn(train, tf.ones([2, 5, 3]));
    const mask = [...(masks[0] as tf.Tensor).dataSync()];
    expect([...state.hidden.dataSync()].map((value) => value === 0)).toEqual(mask.map((value) => value === 0));
  });
});
