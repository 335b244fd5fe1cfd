import { expect, it } from 'vitest';
import { fuzz } from '../scripts/fuzz.ts';

it('restores damaged checkpoints completely or not at all', { timeout: 60_000 }, async () => {
  const { inputs, refused } = await fuzz(3000, 17);
  expect(refused).toBeGreaterThan(inputs * 0.8);
  expect(refused).toBeLessThan(inputs);
});
