import { resetDefaultGraph, ValueError, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, LSTMBlockCell, LSTMStateTuple } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('LSTMBlockCell', () => {
  it('has a state of cell and hidden state, in this order', () => {
    const cell = new LSTMBlockCell(3);
    expect([cell.stateSize, cell.outputSize]).toEqual([new LSTMStateTuple(3, 3), 3]);
    const state = cell.initialState(2);
    expect([...state].map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    const x = tf.ones([2, 4]);
    const [output, next] = cell(x, state);
    expect(next.h).toBe(output);
    expect([...cell(x, { h: state.h, c: state.c })[0].dataSync()]).toEqual([...output.dataSync()]);
    expect([...cell(x, [state.c, state.h])[0].dataSync()]).toEqual([...output.dataSync()]);
    tf.dispose(expectNoLeak(() => cell(x, state)) as never);
  });

  it('clips the new cell, unseen by the gradient', () => {
    const cell = new LSTMBlockCell(1, { cellClip: 0.5 });
    const [x, c, h] = [tf.zeros([1, 1]), tf.tensor2d([[3]]), tf.zeros([1, 1])];
    const [, next] = cell(x, { c, h });
    expect(next.c.dataSync()[0]).toBe(0.5);
    const given = tf.variable(c);
    const { grads } = valueAndGrads(() => tf.sum(cell(x, { c: given, h })[1].c), { variables: [given] });
    expect(grads[given.name]?.dataSync()[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    given.dispose();
  });

  it('names its variables after the cell inside', () => {
    const named = new LSTMBlockCell(2, { name: 'c', usePeephole: true });
    dynamicRnn(named, tf.ones([1, 2, 3]));
    expect(named.getVariables().map(variableName)).toEqual([
      'c/c/kernel',
      'c/c/bias',
      'c/c/w_i_diag',
      'c/c/w_f_diag',
      'c/c/w_o_diag',
    ]);
  });

  it('may insist on variables that exist', () => {
    const cell = new LSTMBlockCell(2, { reuse: true });
    expect(() => cell(tf.ones([1, 3]), cell.initialState(1))).toThrow('does not exist');
    expect(cell.isConnected).toBe(false);
  });

  it('says what is wrong', () => {
    expect(() => new LSTMBlockCell(0)).toThrow('LSTMBlockCell: numUnits must be a positive integer; got 0.');
    expect(() => new LSTMBlockCell(2, { dtype: 'int32' as never })).toThrow(TypeError);
    expect(() => new LSTMBlockCell(2, { cellClip: 'x' as never })).toThrow(ValueError);
    const cell = new LSTMBlockCell(2);
    expect(() => cell(tf.ones([1, 3]), undefined as never)).toThrow('the previous state must be { c, h }');
    expect(() => cell(tf.ones([1, 3]), [tf.zeros([1, 2])] as never)).toThrow('got an array of 1');
    expect(() => cell(tf.ones([1, 3]), [tf.zeros([1, 2]), tf.zeros([2, 2])])).toThrow('must be float32 [1, 2]');
    cell(tf.ones([1, 3]), cell.initialState(1));
    expect(() => cell(tf.ones([1, 4]), cell.initialState(1))).toThrow('as at its first connection; got 4');
  });
});
