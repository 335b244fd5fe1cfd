import {
  initializers,
  minimize,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACTCore, Conv1DLSTM, DeepRNN, dynamicRnn, GRU, LSTM, RNNCore } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** Counts its calls in its state, and shows the last of its inputs. */
class Counter extends RNNCore {
  constructor() {
    super({ name: 'counter' });
  }
  protected build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
    return [tf.slice(inputs, [0, 1], [-1, 1]), tf.add(state, 1)];
  }
  get stateSize() {
    return [1];
  }
  get outputSize() {
    return [1];
  }
}

describe('ACTCore', () => {
  it('calls the core until the probability of halting is reached, and no more often than it may', () => {
    const counts = [
      { threshold: 0.9, maxSteps: 0, count: 2, remainder: 0.5 },
      { threshold: 0.9, maxSteps: 1, count: 1, remainder: 0 },
      { threshold: 0, maxSteps: 0, count: 1, remainder: 0 },
    ];
    for (const { threshold, maxSteps, count, remainder } of counts) {
      resetDefaultGraph();
      // The layer that decides gives 0 for a state of zeros, so the probability of halting is a half.
      const core = new ACTCore(new Counter(), 1, threshold, (state) => tf.mul(state, 0), { maxSteps });
      const [[, [iteration, left]], state] = core(tf.ones([2, 1]), core.initialState(2));
      expect([...iteration.dataSync()]).toEqual([count, count]);
      expect([...left.dataSync()]).toEqual([remainder, remainder]);
      // Half of the state after the first call and half of that after the second.
      expect(state.dataSync()[0]).toBe(count === 2 ? 1.5 : 1);
    }
  });

  it('ponders as long as each row needs', () => {
    const core = new ACTCore(new Counter(), 1, 0.99, (state) => tf.sub(state, 3));
    const [[, [iteration]]] = core(tf.ones([2, 1]), tf.tensor2d([[0], [2]]));
    const [a = 0, b = 0] = iteration.dataSync();
    expect(a).not.toBe(b);
  });

  it('tells the core which call is the first', () => {
    const core = new ACTCore(new Counter(), 1, 0.9, (state) => tf.mul(state, 0));
    const [[output]] = core(tf.ones([1, 1]), core.initialState(1));
    core.variables
      .find((variable) => variableName(variable) === 'act_core/act_output_linear/w')
      ?.assign(tf.ones([1, 1]));
    expect(output.shape).toEqual([1, 1]);
    // 0 in the first call and 1 in the second, with equal weights.
    expect(core(tf.ones([1, 1]), core.initialState(1))[0][0].dataSync()[0]).toBe(0.5);
  });

  it('has gradients, and learns', () => {
    const core = new ACTCore(new LSTM(4), 1, 0.95, (state) => state.hidden, { maxSteps: 10 });
    const inputs = tf.ones([2, 3, 2]);
    const loss = () => {
      const [[outputs, [iteration, remainder]]] = dynamicRnn(core, inputs);
      const cost = tf.mul(1e-3, tf.mean(tf.add(iteration, remainder)));
      return tf.add(tf.mean(tf.squaredDifference(outputs, 0.7)), cost) as tf.Scalar;
    };
    const { grads, value } = valueAndGrads(loss);
    expect(Object.keys(grads).sort()).toEqual([
      'act_core/act_output_linear/b',
      'act_core/act_output_linear/w',
      'act_core/halting_linear/b',
      'act_core/halting_linear/w',
      'lstm/b_gates',
      'lstm/w_gates',
    ]);
    const optimizer = tf.train.adam(0.05);
    for (let i = 0; i < 20; i++) minimize(optimizer, loss);
    expect(loss().dataSync()[0]).toBeLessThan((value.dataSync()[0] ?? 0) / 4);
  });

  it('has the sizes of its parts, and knows its latest connection', () => {
    const core = new ACTCore(new GRU(3), 2, 0.9, (state) => state, { name: 'act' });
    expect([core.outputSize, core.stateSize]).toEqual([[[2], [[1], [1]]], [3]]);
    expect(() => core.batchSize).toThrow(NotConnectedError);
    expect(() => core.dtype).toThrow('ACTCore "act"');
    const [x, state] = [tf.ones([4, 2]), core.initialState(4)];
    tf.dispose(core(x, state));
    expect([core.batchSize, core.dtype]).toEqual([4, 'float32']);
    tf.dispose(expectNoLeak(() => core(x, state)));
  });

  it('takes cores of several tensors', () => {
    const deep = new DeepRNN([new GRU(2), new LSTM(3)]);
    const core = new ACTCore(deep, 1, 0.9, ([, { hidden }]) => hidden);
    const [, state] = core(tf.ones([2, 2]), core.initialState(2));
    expect(state[1].cell.shape).toEqual([2, 3]);
  });

  it('stops where the probabilities are no numbers', () => {
    const core = new ACTCore(new Counter(), 1, 0.9, (state) => tf.mul(state, Number.NaN));
    const [[, [iteration]]] = core(tf.ones([1, 1]), core.initialState(1));
    expect(iteration.dataSync()[0]).toBe(1);
  });

  it('says what is wrong', () => {
    const make = (threshold: number, maxSteps = 0) => new ACTCore(new GRU(2), 1, threshold, (s) => s, { maxSteps });
    expect(() => make(1.5)).toThrow(ValueError);
    expect(() => make(1.5)).toThrow('threshold should be between 0 and 1, but found 1.5');
    expect(() => make(-0.1)).toThrow('found -0.1');
    expect(() => make(0.5, -1)).toThrow('maxSteps must be an integer of at least 0');
    const conv = new Conv1DLSTM({ inputShape: [4, 2], outputChannels: 2, kernelShape: 1 });
    expect(() => new ACTCore(conv, 1, 0.5, ([hidden]) => hidden)).toThrow('1D without the batch dimension; got [4, 2]');
    expect(() => new ACTCore(new Linear(2) as never, 1, 0.5, (s) => s as never)).toThrow('expected a recurrent core');
    expect(() => new ACTCore(new GRU(2), 0, 0.5, (s) => s)).toThrow('outputSize must be a positive integer');
    expect(() => new ACTCore(new GRU(2), 1, 0.5, 'first' as never)).toThrow(TypeError);
    const core = make(0.5);
    expect(() => core(tf.ones([2, 3, 1]), core.initialState(2))).toThrow('the rank of inputs must be 2, not 3');
    expect(initializers).toBeDefined();
  });
});
