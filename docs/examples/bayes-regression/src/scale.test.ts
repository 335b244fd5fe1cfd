import { expect, it } from 'vitest';
import { meanOf, scaleOf, standardize } from './scale.ts';

it('gives numbers a mean of 0 and a standard deviation of 1', () => {
  const values = [3, 5, 10, 22];
  const standardized = standardize(values, scaleOf(values));
  expect(meanOf(standardized)).toBeCloseTo(0, 12);
  expect(meanOf(standardized.map((value) => value ** 2))).toBeCloseTo(1, 12);
});

it('can use the scale of other numbers', () => {
  expect(scaleOf([1, 3])).toEqual({ mean: 2, deviation: 1 });
  expect(standardize([2, 5], { mean: 2, deviation: 3 })).toEqual([0, 1]);
});
