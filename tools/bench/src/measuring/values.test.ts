import { expect, it } from 'vitest';
import { checkFilled, filledValues } from './values.ts';

it('fills buffers in a range, the same for the same seed', () => {
  const values = filledValues(10_000, { low: 2, high: 3, seed: 7 });
  expect(values.every((value) => value >= 2 && value <= 3)).toBe(true);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(2.5, 1);
  expect(filledValues(100, { seed: 7 })).toEqual(filledValues(100, { seed: 7 }));
  expect(filledValues(100, { seed: 7 })).not.toEqual(filledValues(100, { seed: 8 }));
});

it('refuses a buffer of zeros', () => {
  expect(() => checkFilled(new Float32Array(100))).toThrow('100 of 100 values in a buffer are zero.');
});
