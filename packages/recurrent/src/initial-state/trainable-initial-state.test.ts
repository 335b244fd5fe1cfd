import { initializers, Module, namedTuple, resetDefaultGraph, ValueError, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { trainableInitialState } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const Pair = namedTuple('Pair', ['one', 'two']);

function namesOf(make: () => unknown): string[] {
  const module = new Module(make, { name: 'm' });
  module();
  return module.getVariables().map(variableName);
}

describe('trainableInitialState', () => {
  it('repeats variables of one row', () => {
    const init = initializers.constant(3);
    const state = trainableInitialState(2, [4], 'float32', { initializers: init }) as tf.Tensor;
    expect([state.shape, ...state.dataSync()]).toEqual([[2, 4], ...Array(8).fill(3)]);
  });

  it('names variables by number, or by the fields of a named tuple', () => {
    expect(namesOf(() => trainableInitialState(1, [[2], [[3], 4]]))).toEqual([
      'm/initial_state_0/w',
      'm/initial_state_1/w',
      'm/initial_state_2/w',
    ]);
    resetDefaultGraph();
    const options = { name: 'start' };
    expect(namesOf(() => trainableInitialState(1, new Pair([2], [3]), 'float32', options))).toEqual([
      'm/start_one/w',
      'm/start_two/w',
    ]);
  });

  it('has the dtype that is asked for, and leaves nothing behind but variables', () => {
    const state = expectNoLeak(() => trainableInitialState(2, 3, 'int32') as tf.Tensor, { kept: 1 });
    expect([state.dtype, state.shape]).toEqual(['int32', [2, 3]]);
  });

  it('refuses what are no functions, or not in the structure of the state', () => {
    const make = (options: object) => () => trainableInitialState(2, [[2], [3]], 'float32', options);
    expect(make({ initializers: [1, 2] })).toThrow(ValueError);
    expect(make({ initializers: [1, 2] })).toThrow(
      'trainableInitialState: not all the passed initializers are callable: they must be functions in the structure of the ' +
        'state [[2], [3]]; got 1.',
    );
    expect(make({ regularizers: [initializers.ones()] })).toThrow('must be in the structure of the state [[2], [3]]');
    expect(() => trainableInitialState(-1, [2])).toThrow('the batch size must be an integer of at least 0');
  });
});
