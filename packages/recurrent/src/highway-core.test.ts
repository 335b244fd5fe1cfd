import { initializers, KeyError, resetDefaultGraph, ValueError, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { HighwayCore } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('HighwayCore', () => {
  it('carries its state through all layers', () => {
    const zero = initializers.zeros();
    const keys = HighwayCore.getPossibleInitializerKeys(3);
    const core = new HighwayCore(1, 3, { initializers: Object.fromEntries(keys.map((key) => [key, zero])) });
    const [output] = core(tf.ones([1, 2]), tf.tensor2d([[8]]));
    expect(output.dataSync()[0]).toBe(1);
  });

  it('has variables for the inputs and for each layer', () => {
    const core = new HighwayCore(2, 2);
    const [x, s] = [tf.ones([1, 3]), core.initialState(1)];
    tf.dispose(core(x, s));
    expect(core.getVariables().map((v) => variableName(v).split('/')[1])).toEqual([
      ...['wt', 'wh', 'wt0', 'bt0', 'wh0', 'bh0', 'wt1', 'bt1', 'wh1', 'bh1'],
    ]);
    tf.dispose(expectNoLeak(() => core(x, s)));
  });

  it('says what is wrong', () => {
    expect(() => new HighwayCore(2, 1, { initializers: { wt1: initializers.ones() } })).toThrow(KeyError);
    expect(() => new HighwayCore(2, 1, { partitioners: { wt0: 3 as never } })).toThrow(TypeError);
    expect(() => new HighwayCore(2, 0)).toThrow(ValueError);
    expect(() => HighwayCore.getPossibleInitializerKeys()).toThrow('numLayers must be a positive integer');
    const core = new HighwayCore(2, 1);
    expect(() => core(tf.ones([3, 4]), undefined as never)).toThrow('got undefined');
    core(tf.ones([1, 4]), tf.zeros([1, 2]));
    expect(() => core(tf.ones([1, 5]), tf.zeros([1, 2]))).toThrow('must be 4, as at its first connection; got 5');
  });
});
