import { describe, expect, it } from 'vitest';
import { measure, measureAsync, measureInPasses, shares } from './measure.ts';

const spin = (n: number) => () => {
  for (let i = 0, x = 1; i < n; i++) x = Math.sqrt(x + i);
};

describe('measure', () => {
  it('runs every variant equally often and holds it against the first', () => {
    const calls = { a: 0, b: 0 };
    const variants = { a: () => void calls.a++, b: () => void calls.b++ };
    const timings = measure(variants, { rounds: 9, calls: 10, warmUp: 1 });
    expect(calls).toEqual({ a: 100, b: 100 });
    expect(timings.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(timings[0]).toMatchObject({ ratio: 1, extra: 0, interval: [1, 1] });
  });

  it('finds for each variant how many calls make a timing', () => {
    const calls = { fast: 0, slow: 0 };
    const variants = {
      fast: () => void calls.fast++,
      slow: () => {
        calls.slow++;
        spin(100_000)();
      },
    };
    measure(variants, { rounds: 1, warmUp: 0, sampleMs: 1 });
    expect(calls.fast).toBeGreaterThan(10 * calls.slow);
  });

  it('runs every variant for a while before anything is timed', async () => {
    for (const run of [measure, measureAsync]) {
      const times: number[] = [];
      await run({ a: () => void times.push(performance.now()) }, { rounds: 1, calls: 1, warmUp: 0, warmUpMs: 5 });
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(4);
    }
  });

  it('sees which variant is slower', () => {
    const [, slow] = measure({ fast: spin(1000), slow: spin(20000) }, { rounds: 15, calls: 5 });
    expect(slow?.ratio).toBeGreaterThan(3);
  });
});

describe('measureInPasses', () => {
  it('goes through all groups again and again', () => {
    const order: string[] = [];
    const group = (name: string) => ({ first: () => void order.push(name), second: () => {} });
    const timings = measureInPasses([group('a'), group('b')], 2, { rounds: 3, calls: 1, warmUp: 0 });
    expect(order.join('')).toBe('aabbab');
    expect(timings.map((all) => all.map(({ name }) => name))).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
  });

  it('shares the rounds out', () => {
    expect(shares(31, 4)).toEqual([8, 8, 7, 8]);
    expect(shares(2, 3)).toEqual([1, 1]);
  });
});

describe('measureAsync', () => {
  it('waits for each call before the next', async () => {
    let [open, most] = [0, 0];
    const variant = async (): Promise<void> => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
    };
    const timings = await measureAsync({ a: variant, b: variant }, { rounds: 3, calls: 4, warmUp: 0 });
    expect([timings.length, most]).toEqual([2, 1]);
  });

  it('prepares each variant before its turn, without counting that', async () => {
    let current = '';
    const seen = new Set<string>();
    const variant = (name: string) => () => {
      expect(current).toBe(name);
      seen.add(name);
    };
    const before = async (name: string): Promise<void> => {
      spin(1_000_000)();
      current = name;
    };
    const [a] = await measureAsync(
      { a: variant('a'), b: variant('b') },
      { rounds: 3, warmUp: 1, sampleMs: 0.01, before },
    );
    expect([...seen]).toEqual(['a', 'b']);
    expect(a?.median).toBeLessThan(500);
  });
});
