import { describe, expect, it } from 'vitest';
import { portableLog } from './portable-log.ts';

describe('portableLog', () => {
  it('is the natural logarithm to almost full precision', () => {
    for (let i = 0; i < 20_000; i++) {
      const x = 2 ** -(i / 500) * (1 + ((i * 7919) % 10_007) / 10_007);
      const expected = Math.log(x);
      expect(Math.abs(portableLog(x) - expected)).toBeLessThanOrEqual(3 * 2 ** -53 * Math.abs(expected));
    }
  });

  it('is exact for 1, and good for very small and large numbers', () => {
    expect(portableLog(1)).toBe(0);
    expect(portableLog(1e-300)).toBeCloseTo(-690.7755278982137, 12);
    expect(portableLog(1e300)).toBeCloseTo(690.7755278982137, 12);
    expect(portableLog(5e-324)).toBeCloseTo(-744.4400719213812, 12);
  });
});
