import { describe, expect, it } from 'vitest';
import { bootstrapInterval, median } from './median.ts';
import { filledValues } from './values.ts';

describe('median', () => {
  it('works on odd and even counts', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});

describe('bootstrapInterval', () => {
  it('holds the median, and is the same in every run', () => {
    const values = Array.from({ length: 101 }, (_, i) => i);
    const [low, high] = bootstrapInterval(values);
    expect(low).toBeGreaterThan(35);
    expect(low).toBeLessThan(50);
    expect(high).toBeGreaterThan(50);
    expect(high).toBeLessThan(65);
    expect(bootstrapInterval(values)).toEqual([low, high]);
  });

  it('holds the true median in about 95 of 100 samples', () => {
    const samples = Array.from({ length: 400 }, (_, seed) => [...filledValues(21, { seed: seed + 1 })]);
    const hits = samples.map(bootstrapInterval).filter(([low, high]) => low <= 0 && high >= 0).length;
    expect(hits / samples.length).toBeGreaterThan(0.9);
  });

  it('is a point where there is only one value', () => {
    expect(bootstrapInterval([2, 2, 2])).toEqual([2, 2]);
  });
});
