import { expect, it } from 'vitest';
import { numbersOfPadding, Plans } from './plans.ts';

it('makes a plan once for the same numbers', () => {
  const plans = new Plans<number>(3);
  let made = 0;
  const find = (shape: readonly number[], stride: number): number => {
    plans.set(0, 2, shape);
    plans.set(2, 1, stride);
    return plans.find(() => ++made);
  };
  expect([find([2, 3], 1), find([3, 2], 1), find([2, 3], 1), find([2, 3], 2)]).toEqual([1, 2, 1, 3]);
  for (let i = 0; i < 1000; i++) find([i, i], 1);
  expect(find([999, 999], 1)).toBe(made);
});

it('keeps no plan that could not be made', () => {
  const plans = new Plans<number>(1);
  expect(() =>
    plans.find(() => {
      throw new RangeError('no');
    }),
  ).toThrow('no');
  expect(plans.find(() => 5)).toBe(5);
});

it('tells paddings apart', () => {
  const all = ['same', 'valid', 'other', 0, 1, 2, -1].map((pad) => numbersOfPadding(pad).join());
  expect(new Set(all).size).toBe(all.length);
});
