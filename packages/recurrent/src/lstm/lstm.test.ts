import {
  customGetters,
  initializers,
  KeyError,
  minimize,
  partitioners,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { Sequential } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, LSTM, LSTMState } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('LSTM', () => {
  it('takes its state as an LSTMState, as a plain object and as an array', () => {
    const lstm = new LSTM(3);
    const [x, hidden, cell] = [tf.ones([2, 4]), tf.ones([2, 3]), tf.zeros([2, 3])];
    const results = [new LSTMState(hidden, cell), { cell, hidden }, [hidden, cell] as const].map((state) => {
      const [output, next] = lstm(x, state);
      expect(next).toBeInstanceOf(LSTMState);
      expect(next.hidden).toBe(output);
      return [...output.dataSync(), ...next.cell.dataSync()];
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('adds the forget bias to the forget gate', () => {
    const zeros = { w_gates: initializers.zeros(), b_gates: initializers.zeros() };
    const state = { hidden: tf.zeros([1, 1]), cell: tf.ones([1, 1]) };
    for (const forgetBias of [1, 0, -2]) {
      const [, { cell }] = new LSTM(1, { forgetBias, initializers: zeros })(tf.ones([1, 1]), state);
      expect(cell.dataSync()[0]).toBeCloseTo(1 / (1 + Math.exp(-forgetBias)), 6);
    }
  });

  it('has the sizes of its projection', () => {
    const lstm = new LSTM(5, { projectionSize: 2 });
    expect([lstm.outputSize, lstm.stateSize.hidden, lstm.stateSize.cell]).toEqual([[2], [2], [5]]);
    const [output, state] = lstm(tf.ones([3, 4]), lstm.initialState(3));
    expect([output.shape, state.hidden.shape, state.cell.shape]).toEqual([
      [3, 2],
      [3, 2],
      [3, 5],
    ]);
  });

  it('says what it has', () => {
    const plain = new LSTM(2);
    expect([plain.usePeepholes, plain.useLayerNorm]).toEqual([false, false]);
    const rich = new LSTM(2, { usePeepholes: true, useLayerNorm: true });
    expect([rich.usePeepholes, rich.useLayerNorm]).toEqual([true, true]);
    const keys = (options: object) => LSTM.getPossibleInitializerKeys(options);
    expect(keys({})).toEqual(['w_gates', 'b_gates']);
    expect(keys({ usePeepholes: true, useProjection: true })).toEqual([
      'w_gates',
      'b_gates',
      'w_h_projection',
      'w_f_diag',
      'w_i_diag',
      'w_o_diag',
    ]);
  });

  it('makes its variables in the same order when it is unrolled as when it is called', () => {
    const options = { usePeepholes: true, useLayerNorm: true, projectionSize: 2 };
    const [called, unrolled] = [new LSTM(3, options), new LSTM(3, options)];
    called(tf.ones([1, 4]), called.initialState(1));
    dynamicRnn(unrolled, tf.ones([1, 2, 4]));
    const names = (lstm: LSTM) => lstm.getVariables().map((variable) => variableName(variable).replace(/^\w+\//, ''));
    expect(names(unrolled)).toEqual(names(called));
  });

  it('works with partitioners, regularizers and custom getters when it is unrolled', () => {
    const x = tf.ones([2, 3, 4]);
    const plain = new LSTM(4, { initializers: { w_gates: initializers.constant(0.1) } });
    const b = { b_gates: initializers.zeros() };
    const sliced = new LSTM(4, {
      initializers: { w_gates: initializers.constant(0.1), ...b },
      partitioners: { w_gates: partitioners.fixedSize(2) },
      regularizers: { w_gates: regularizers.l2(1) },
    });
    const stopped = new LSTM(4, { customGetter: customGetters.stopGradient, initializers: b });
    expect(dynamicRnn(plain, x)[0].shape).toEqual([2, 3, 4]);
    expect(dynamicRnn(sliced, x)[0].shape).toEqual([2, 3, 4]);
    expect(dynamicRnn(stopped, x)[0].shape).toEqual([2, 3, 4]);
    expect(() => minimize(tf.train.sgd(0.1), () => tf.mean(dynamicRnn(stopped, x)[0]))).toThrow(
      'depends on none of the variables',
    );
  });

  it('leaks nothing, called or unrolled', () => {
    const lstm = new LSTM(3, { usePeepholes: true, hiddenClipValue: 1, cellClipValue: 1, projectionSize: 2 });
    const [x, sequence, state] = [tf.ones([2, 4]), tf.ones([2, 70, 4]), lstm.initialState(2)];
    tf.dispose(lstm(x, state) as never);
    tf.dispose(expectNoLeak(() => lstm(x, state)) as never);
    tf.dispose(expectNoLeak(() => dynamicRnn(lstm, sequence, { initialState: state })) as never);
  });

  it('learns', () => {
    const lstm = new LSTM(4);
    const [x, y] = [tf.tensor3d([[[0], [1], [0], [1]]]), tf.tensor3d([[[0], [0], [1], [0]]])];
    const loss = () => tf.mean(tf.squaredDifference(tf.sum(dynamicRnn(lstm, x)[0], 2, true), y));
    const optimizer = tf.train.adam(0.05);
    const first = minimize(optimizer, loss, { returnCost: true }).dataSync()[0] ?? 0;
    for (let i = 0; i < 60; i++) minimize(optimizer, loss);
    expect(loss().dataSync()[0]).toBeLessThan(first / 5);
  });
});

describe('the errors of an LSTM', () => {
  const x = () => tf.ones([2, 4]);
  const state = (rows = 2, size = 3) => ({ hidden: tf.zeros([rows, size]), cell: tf.zeros([rows, size]) });

  it('are about keys, sizes and clip values when it is made', () => {
    const init = initializers.ones();
    expect(() => new LSTM(3, { initializers: { w_f_diag: init } })).toThrow(KeyError);
    expect(() => new LSTM(3, { regularizers: { w_h_projection: init } as never })).toThrow(
      "LSTM: Invalid regularizer keys 'w_h_projection'",
    );
    expect(() => new LSTM(3, { partitioners: { w_gates: 1 as never } })).toThrow(TypeError);
    expect(() => new LSTM(0)).toThrow(ValueError);
    expect(() => new LSTM(3, { projectionSize: 0 })).toThrow('LSTM: projectionSize must be a positive integer; got 0.');
    expect(() => new LSTM(3, { hiddenClipValue: -1 })).toThrow('hiddenClipValue should be nonnegative');
    expect(() => new LSTM(3, { cellClipValue: -0.5 })).toThrow('cellClipValue should be nonnegative');
    expect(() => new LSTM(3, { forgetBias: '1' as never })).toThrow('forgetBias must be a number');
    expect(new LSTM(3).scopeName).toBe('lstm');
  });

  it('are about inputs of the wrong rank, dtype or size', () => {
    const lstm = new LSTM(3);
    expect(() => lstm(tf.ones([4]), state())).toThrow('LSTM "lstm": the rank of inputs must be 2, not 1 (inputs [4]');
    expect(() => lstm(tf.ones([2, 4], 'int32'), state())).toThrow('inputs must be float32; got int32 [2, 4]');
    expect(() => lstm(5 as never, state())).toThrow(ValueError);
    expect(() => dynamicRnn(lstm, tf.ones([2, 4]))).toThrow('the rank of the inputs of each step must be 2, not 1');
    lstm(x(), state());
    expect(() => lstm(tf.ones([2, 5]), state())).toThrow(
      'LSTM "lstm": the last dimension of inputs must be 4, as at its first connection; got 5.',
    );
    expect(() => dynamicRnn(lstm, tf.ones([2, 2, 5]))).toThrow('as at its first connection; got 5');
  });

  it('are about states of the wrong structure, shape or dtype', () => {
    const lstm = new LSTM(3);
    expect(() => lstm(x(), [tf.zeros([2, 3])] as never)).toThrow(
      'the previous state must be { hidden, cell }, an LSTMState or an array of these 2 tensors; got an array of 1',
    );
    expect(() => lstm(x(), { hidden: tf.zeros([2, 3]) } as never)).toThrow('got an object with hidden');
    expect(() => lstm(x(), state(3))).toThrow('the hidden state must be float32 [2, 3]');
    expect(() => lstm(x(), { ...state(), cell: tf.zeros([2, 4]) })).toThrow('the cell must be float32 [2, 3]');
    expect(() => lstm(x(), { ...state(), cell: tf.zeros([2, 3], 'int32') })).toThrow('got int32 [2, 3]');
    expect(lstm.isConnected).toBe(false);
  });

  it('names DeepRNN when it stands in a Sequential', () => {
    const sequential = new Sequential([new LSTM(3)]) as unknown as (x: tf.Tensor) => unknown;
    expect(() => sequential(x())).toThrow(ValueError);
    expect(() => sequential(x())).toThrow(/got undefined.*put recurrent cores into a DeepRNN/);
  });
});
