import { describe, expect, it } from 'vitest';
import { interval, measure, median } from './measure.ts';

describe('measure', () => {
  it('runs every variant equally often and holds it against the first', () => {
    const calls = { a: 0, b: 0 };
    const variants = { a: () => void calls.a++, b: () => void calls.b++ };
    const timings = measure(variants, { rounds: 9, calls: 10, warmUp: 1 });
    expect(calls).toEqual({ a: 100, b: 100 });
    expect(timings.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(timings[0]).toMatchObject({ ratio: 1, extra: 0, interval: [1, 1] });
  });

  it('sees which variant is slower', () => {
    const spin = (n: number) => () => {
      for (let i = 0, x = 1; i < n; i++) x = Math.sqrt(x + i);
    };
    const [, slow] = measure({ fast: spin(1000), slow: spin(20000) }, { rounds: 15, calls: 5 });
    expect(slow?.ratio).toBeGreaterThan(3);
  });
});

describe('median and interval', () => {
  it('work on odd and even counts', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('bound the median by order statistics', () => {
    const [low, high] = interval(Array.from({ length: 101 }, (_, i) => i));
    expect(low).toBe(40);
    expect(high).toBe(60);
  });
});
