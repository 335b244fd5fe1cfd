import { RandomStream, ValueError } from '@sonnetjs/core';
import { expect, it } from 'vitest';
import { createLinearInitializer } from './linear-initializer.ts';

it('draws from a truncated normal distribution of the standard deviation that suits the inputs', () => {
  const initializer = createLinearInitializer(100);
  const weights = initializer([100, 50], 'float32', { name: 'w', random: RandomStream.fromSeed(1) });
  const values = [...weights.dataSync()];
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  // Truncation at two standard deviations makes it 0.88 of them.
  expect(Math.abs(deviation - 0.088)).toBeLessThan(0.004);
  expect(Math.max(...values)).toBeLessThanOrEqual(0.2);
});

it('refuses sizes that are not positive integers', () => {
  for (const size of [0, -1, 1.5, Number.NaN]) expect(() => createLinearInitializer(size)).toThrow(ValueError);
});
