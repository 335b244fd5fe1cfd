import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1DLSTM, dynamicRnn, LSTM, SkipConnectionCore } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('SkipConnectionCore', () => {
  it('puts the outputs behind the inputs', () => {
    const lstm = new LSTM(2);
    const core = new SkipConnectionCore(lstm);
    const [x, state] = [tf.tensor2d([[5, 6, 7]]), core.initialState(1)];
    const [output] = core(x, state);
    expect([...output.dataSync()]).toEqual([5, 6, 7, ...lstm(x, state)[0].dataSync()]);
    expect(core.stateSize).toEqual(lstm.stateSize);
    tf.dispose(expectNoLeak(() => core(x, state)) as never);
  });

  it('knows its output size from the shape of its inputs, given or seen', () => {
    expect(new SkipConnectionCore(new LSTM(2), { inputShape: [3] }).outputSize).toEqual([5]);
    const core = new SkipConnectionCore(new LSTM(2), { name: 'skip' });
    expect(() => core.outputSize).toThrow(ValueError);
    expect(() => core.outputSize).toThrow('SkipConnectionCore "skip": its output size is unknown');
    dynamicRnn(core, tf.ones([2, 4, 6]));
    expect(core.outputSize).toEqual([8]);
    const conv = new Conv1DLSTM({ inputShape: [4, 1], outputChannels: 2, kernelShape: 3 });
    expect(new SkipConnectionCore(conv, { inputShape: [4, 1] }).outputSize).toEqual([4, 3]);
  });

  it('refuses outputs that differ from the inputs in more than the last dimension, and what is no core', () => {
    const core = new SkipConnectionCore(new LSTM(3));
    const wide = core as unknown as (x: tf.Tensor, state: unknown) => unknown;
    expect(() => wide(tf.ones([2, 2, 2]), core.initialState(2))).toThrow(ValueError);
    expect(() => new SkipConnectionCore({} as never)).toThrow('SkipConnectionCore: expected a recurrent core');
  });
});
