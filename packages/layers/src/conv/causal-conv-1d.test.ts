import { initializers, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { CausalConv1D, Conv1D } from './index.ts';

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  resetDefaultGraph();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});

describe('CausalConv1D', () => {
  it('is a Conv1D with causal padding', () => {
    const options = { rate: 2, initializers: { w: initializers.ones() } };
    const inputs = tf.reshape(tf.range(0, 12), [1, 6, 2]);
    const causal = new CausalConv1D(3, 2, options);
    const expected = new Conv1D(3, 2, { ...options, padding: 'CAUSAL' })(inputs);
    expect(causal(inputs).arraySync()).toEqual(expected.arraySync());
    expect(causal.scopeName).toBe('causal_conv_1d');
    expect([causal.padding, causal.paddings, causal.convOpPadding]).toEqual(['CAUSAL', ['CAUSAL'], 'VALID']);
  });

  it('depends on no later input', () => {
    const conv = new CausalConv1D(1, 3);
    const outputs = (last: number) => [...conv(tf.tensor([1, 2, 3, last], [1, 4, 1])).dataSync()];
    expect(outputs(4).slice(0, 3)).toEqual(outputs(100).slice(0, 3));
    expect(outputs(4)[3]).not.toBe(outputs(100)[3]);
  });

  it('warns that it is deprecated, and that it ignores another padding', () => {
    new CausalConv1D(1, 3);
    expect(warn.mock.calls).toEqual([["CausalConv1D is deprecated; use Conv1D with { padding: 'CAUSAL' }."]]);
    const conv = new CausalConv1D(1, 3, { padding: 'SAME' });
    expect(warn).toHaveBeenLastCalledWith(
      'CausalConv1D "causal_conv_1d_1": the padding SAME is ignored; it is CAUSAL.',
    );
    expect(conv.padding).toBe('CAUSAL');
  });

  it('makes a clone of its own class', () => {
    const conv = new CausalConv1D(2, 3, { rate: 2, useBias: false, dataFormat: 'NCW' });
    const clone = conv.clone({ name: 'copy' });
    expect(clone).toBeInstanceOf(CausalConv1D);
    expect([clone.moduleName, clone.rate, clone.hasBias, clone.dataFormat]).toEqual(['copy', [2], false, 'NCW']);
    expect(clone(tf.zeros([1, 3, 5])).shape).toEqual([1, 2, 5]);
  });

  it('refuses data formats of other ranks', () => {
    expect(() => new CausalConv1D(2, 3, { dataFormat: 'NHWC' as never })).toThrow(ValueError);
    expect(() => new CausalConv1D(2, 3, { dataFormat: 'NHWC' as never })).toThrow(
      'CausalConv1D: dataFormat must be NWC or NCW; got NHWC.',
    );
  });
});
