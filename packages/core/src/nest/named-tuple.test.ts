import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { namedTuple } from './named-tuple.ts';

const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

describe('namedTuple', () => {
  it('makes classes with the given name and fields', () => {
    expect(LSTMState.name).toBe('LSTMState');
    expect(LSTMState.fields).toEqual(['hidden', 'cell']);
    expect(new LSTMState(1, 2)).toBeInstanceOf(LSTMState);
  });

  it('gives values by field, by index and in order', () => {
    const state = new LSTMState('h', ['c']);
    expect([state.hidden, state.cell, state[0], state[1]]).toEqual(['h', ['c'], 'h', ['c']]);
    const [hidden, cell] = state;
    expect([hidden, cell]).toEqual(['h', ['c']]);
    expect([...state]).toEqual(['h', ['c']]);
    expect(Object.entries(state)).toEqual([
      ['hidden', 'h'],
      ['cell', ['c']],
    ]);
  });

  it('makes an instance from values by name, in any order', () => {
    expect(LSTMState.from({ cell: 2, hidden: 1 })).toStrictEqual(new LSTMState(1, 2));
  });

  it('refuses another number of values', () => {
    expect(() => new (LSTMState as unknown as new (...values: number[]) => unknown)(1, 2, 3)).toThrow(
      'LSTMState: expected 2 values (hidden, cell); got 3.',
    );
    expect(() => LSTMState.from({ hidden: 1 } as never)).toThrow('LSTMState.from: expected the fields hidden, cell');
    expect(() => LSTMState.from({ hidden: 1, cell: 2, other: 3 } as never)).toThrow(TypeError);
    expect(() => LSTMState.from({ hidden: 1, toString: 2 } as never)).toThrow(TypeError);
  });

  it('takes any distinct identifiers for fields', () => {
    const odd = new (namedTuple('Odd', ['toString', 'length', '_x', '$', 'é']))(1, 2, 3, 4, 5);
    expect([...odd]).toEqual([1, 2, 3, 4, 5]);
    expect(namedTuple('Empty', []).fields).toEqual([]);
  });

  it('refuses names that are not', () => {
    for (const field of ['constructor', '__proto__', '0', 'a b', '', 'a']) {
      expect(() => namedTuple('T', ['a', field])).toThrow(ValueError);
    }
    expect(() => namedTuple('no name', ['a'])).toThrow('namedTuple: the name must be an identifier; got "no name".');
  });

  it('makes containers of tensors for tfjs', () => {
    const state = tf.tidy(() => {
      const hidden = tf.ones([2]);
      return new LSTMState(tf.add(hidden, 1), hidden);
    });
    expectTypeOf(state.hidden).toEqualTypeOf<tf.Tensor>();
    expectTypeOf<typeof state>().toExtend<Iterable<tf.Tensor>>();
    expect([...state].map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    tf.dispose(state);
    expect([...state].map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
  });

  it('is not changed by a change of the array of fields', () => {
    const fields = ['a', 'b'];
    const Pair = namedTuple('Pair', fields);
    fields.push('c');
    expect(Pair.fields).toEqual(['a', 'b']);
  });
});
