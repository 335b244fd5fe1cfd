import { ValueError } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { calculateBiasShape } from './calculate-bias-shape.ts';

describe('calculateBiasShape', () => {
  it.each([
    [[2, 3, 4], null, [3, 4]],
    [[2, 3, 4], [], []],
    [[5, 3, 4, 2], [2], [4, 1]],
    [[5, 3, 4, 2], [-1], [2]],
    [
      [5, 3, 4, 2],
      [3, 1],
      [3, 1, 2],
    ],
    [[5, 1, 4, 2], [1], []],
    [[5], null, []],
  ])('of %j and %j is %j', (inputShape, biasDims, expected) => {
    expect(calculateBiasShape(inputShape, biasDims)).toEqual(expected);
  });

  it('refuses the batch dimension, and dimensions that there are not', () => {
    expect(() => calculateBiasShape([2, 3], [0])).toThrow(/Cannot apply bias across the minibatch dimension/);
    expect(() => calculateBiasShape([2, 3], [-2])).toThrow(ValueError);
    expect(() => calculateBiasShape([2, 3], [2])).toThrow('integers from -2 to 1; got [2]');
    expect(() => calculateBiasShape([2, 3], [0.5])).toThrow(ValueError);
  });
});
