import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SelectInput } from './select-input.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('SelectInput', () => {
  const [a, b, c] = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];

  it('gives one of its inputs, the very same tensor', () => {
    const one: tf.Tensor = new SelectInput(1)(a, b, c);
    expect(one).toBe(b);
  });

  it('gives several in any order, nested in any way', () => {
    expect(new SelectInput([2, 0])(a, b, c)).toEqual([c, a]);
    expect(new SelectInput([0, 0])(a)).toEqual([a, a]);
    expect(new SelectInput([])(a)).toEqual([]);
    const [first, [second, [third]]] = new SelectInput([0, [1, [2]]])(a, b, c);
    expect([first, second, third]).toEqual([a, b, c]);
  });

  it('refuses indices that are out of range', () => {
    expect(() => new SelectInput(3)(a, b)).toThrow(
      'SelectInput "select_input": every entry of idx must be in the range [0, 2), since there are 2 inputs; got 3.',
    );
    expect(() => new SelectInput([0, [-1]])(a, b)).toThrow(ValueError);
  });

  it('refuses what are not indices', () => {
    for (const idx of [1.5, 'a', ['a'], [0, [null]], null]) {
      expect(() => new SelectInput(idx as never)).toThrow(TypeError);
    }
  });
});
