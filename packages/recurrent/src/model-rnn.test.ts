import { AttributeError, resetDefaultGraph } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, GRU, ModelRNN } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('ModelRNN', () => {
  it('gives what the model makes of the previous state, and ignores the inputs', () => {
    const double = Object.assign((x: tf.Tensor) => tf.mul(x, 2), { outputSize: 3 });
    const core = new ModelRNN(double);
    const [outputs, state] = dynamicRnn(core, tf.zeros([2, 4, 1]), { initialState: tf.ones([2, 3]) });
    expect([...outputs.dataSync()].slice(0, 12)).toEqual([2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16]);
    expect(state.dataSync()[0]).toBe(16);
    expect([core.stateSize, core.outputSize]).toEqual([[3], [3]]);
    expect(core.initialState(2).shape).toEqual([2, 3]);
  });

  it('takes a module', () => {
    const core = new ModelRNN(new Linear(3));
    expect(core(null, core.initialState(2))[0].shape).toEqual([2, 3]);
  });

  it('refuses what is no model', () => {
    expect(() => new ModelRNN(3 as never)).toThrow(TypeError);
    expect(() => new ModelRNN(new GRU(2) as never)).toThrow('should not be an RNNCore');
    expect(() => new ModelRNN(tf.tanh as never)).toThrow(AttributeError);
  });
});
