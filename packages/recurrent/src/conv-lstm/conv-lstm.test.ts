import {
  initializers,
  KeyError,
  NotConnectedError,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1DLSTM, Conv2DLSTM, ConvLSTM, dynamicRnn } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const names = (core: ConvLSTM) => core.getVariables().map(variableName);

describe('ConvLSTM', () => {
  it.each([
    ['1', [5, 2]],
    ['2', [4, 3, 2]],
    ['3', [2, 3, 2, 2]],
  ])('works in %s dimensions', (ndims, inputShape) => {
    const core = new ConvLSTM(Number(ndims), inputShape, 3, 2);
    const size = [...inputShape.slice(0, -1), 3];
    expect([core.outputSize, core.stateSize]).toEqual([size, [size, size]]);
    const [output, [hidden, cell]] = core(tf.ones([2, ...inputShape]), core.initialState(2));
    expect([output.shape, hidden.shape, cell.shape]).toEqual(Array(3).fill([2, ...size]));
    expect(hidden).toBe(output);
  });

  it('unrolls as it is called, its inputs in one convolution', async () => {
    const core = new ConvLSTM(2, [4, 3, 2], 2, 3, { useLayerNorm: true });
    const inputs = tf.randomUniform([3, 2, 4, 3, 2], -1, 1, 'float32', 1);
    let state = core.initialState(2);
    const expected = tf.unstack(inputs).map((x) => {
      const [output, next] = core(x, state);
      state = next;
      return output;
    });
    const { result, kernels } = await tf.profile(() => dynamicRnn(core, inputs, { timeMajor: true })[0]);
    const difference = tf.max(tf.abs(tf.sub(result as tf.Tensor, tf.stack(expected))));
    expect(difference.dataSync()[0]).toBeLessThan(1e-5);
    expect(kernels.filter(({ name }) => name === 'Conv2D')).toHaveLength(1 + 3);
  });

  it('has a bias in both convolutions, in one or in none', () => {
    const make = (options: object) => {
      resetDefaultGraph();
      const core = new ConvLSTM(1, [4, 1], 2, 3, { initializers: { w: initializers.zeros() }, ...options });
      core(tf.ones([1, 4, 1]), core.initialState(1));
      return names(core).map((name) => name.replace('conv_lstm/', ''));
    };
    expect(make({})).toEqual(['conv/w', 'conv/b', 'conv_1/w', 'conv_1/b']);
    const b = { initializers: { b: initializers.ones() }, regularizers: { b: regularizers.l2(1) } };
    expect(make({ legacyBiasBehaviour: false, ...b })).toEqual(['conv/w', 'conv/b', 'conv_1/w']);
    expect(make({ useBias: false, ...b })).toEqual(['conv/w', 'conv_1/w']);
    expect(make({ useLayerNorm: true }).slice(4)).toEqual(['layer_norm/gamma', 'layer_norm/beta']);
  });

  it('shows its convolutions', () => {
    const core = new Conv1DLSTM({ inputShape: [4, 1], outputChannels: 2, kernelShape: 3, name: 'c' });
    expect(() => core.convolutions).toThrow(NotConnectedError);
    core(tf.ones([1, 4, 1]), core.initialState(1));
    const { input, hidden } = core.convolutions;
    expect([input.scopeName, hidden.scopeName, core.useLayerNorm]).toEqual(['c/conv', 'c/conv_1', false]);
  });

  it('leaks nothing', () => {
    const core = new Conv2DLSTM({ inputShape: [3, 3, 1], outputChannels: 2, kernelShape: 2, useLayerNorm: true });
    const [x, state] = [tf.ones([2, 3, 3, 1]), core.initialState(2)];
    tf.dispose(core(x, state));
    tf.dispose(expectNoLeak(() => core(x, state)));
  });

  it('has names and keys of its own for one and two dimensions', () => {
    const one = new Conv1DLSTM({ inputShape: [4, 1], outputChannels: 2, kernelShape: 3 });
    const two = new Conv2DLSTM({ inputShape: [4, 4, 1], outputChannels: 2, kernelShape: [3, 1] });
    expect([one.moduleName, two.moduleName]).toEqual(['conv_1d_lstm', 'conv_2d_lstm']);
    expect(Conv1DLSTM.getPossibleInitializerKeys({ useBias: false })).toEqual(['w']);
    expect(Conv2DLSTM.getPossibleInitializerKeys()).toEqual(['w', 'b']);
    expect(ConvLSTM.getPossibleInitializerKeys(3)).toEqual(['w', 'b']);
  });
});

describe('the errors of a ConvLSTM', () => {
  it('are about dimensions, shapes and keys', () => {
    expect(() => new ConvLSTM(4, [2, 2, 2, 2, 1], 1, 2)).toThrow(ValueError);
    expect(() => new ConvLSTM(0, [1], 1, 2)).toThrow('invalid convolution dimensionality: convNdims must be 1, 2 or 3');
    expect(() => new Conv1DLSTM({ inputShape: [4, 1, 1], outputChannels: 2, kernelShape: 3 })).toThrow(
      'Conv1DLSTM: invalid inputShape [4, 1, 1] for convNdims 1',
    );
    expect(() => new ConvLSTM(2, [4, 0, 1], 1, 2)).toThrow(ValueError);
    expect(() => new ConvLSTM(1, [4, 1], 0, 2)).toThrow('outputChannels must be a positive integer');
    const v = { v: initializers.ones() } as never;
    expect(() => new ConvLSTM(1, [4, 1], 1, 2, { initializers: v })).toThrow(KeyError);
  });

  it('are about states and inputs that do not fit', () => {
    const core = new ConvLSTM(1, [4, 1], 2, 3);
    const state = core.initialState(2);
    expect(() => core(tf.ones([2, 4, 1]), undefined as never)).toThrow('must be an array of 2 tensors, [hidden, cell]');
    expect(() => core(tf.ones([3, 4, 1]), state)).toThrow('the hidden state must be float32 [3, 4, 2]');
    expect(() => core(tf.ones([2, 5, 1]), state)).toThrow('give [2, 5, 8] and [2, 4, 8]');
    expect(() => core(tf.ones([2, 4, 1]), [state[0], tf.zeros([2, 4, 1])])).toThrow(
      'the cell must be float32 [2, 4, 2]',
    );
    expect(core.isConnected).toBe(false);
  });
});
