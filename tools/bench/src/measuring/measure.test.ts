import { afterEach, describe, expect, it, vi } from 'vitest';
import { measure, measureAsync, measureInPasses, shares } from './measure.ts';

/** A clock that stands still until a test moves it. */
function stoppedClock(): { milliseconds: number } {
  const clock = { milliseconds: 0 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.milliseconds);
  return clock;
}

afterEach(() => {
  vi.restoreAllMocks();
});

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
    const clock = stoppedClock();
    const calls = { fast: 0, slow: 0 };
    const variants = {
      fast: () => {
        calls.fast++;
        clock.milliseconds += 1 / 16;
      },
      slow: () => {
        calls.slow++;
        clock.milliseconds += 2;
      },
    };
    measure(variants, { rounds: 1, warmUp: 0, sampleMs: 1 });
    // One to begin with, then 1, 2, 4 and 8 until half of a timing is reached, and the timing.
    expect(calls).toEqual({ fast: 1 + 15 + 16, slow: 1 + 1 + 1 });
  });

  it('runs every variant for a while before anything is timed', async () => {
    const clock = stoppedClock();
    for (const run of [measure, measureAsync]) {
      let calls = 0;
      const variant = (): void => {
        calls++;
        clock.milliseconds++;
      };
      await run({ a: variant }, { rounds: 1, calls: 1, warmUp: 0, warmUpMs: 5 });
      expect(calls).toBe(5 + 1);
    }
  });

  it('sees which variant is slower', () => {
    const clock = stoppedClock();
    const taking = (milliseconds: number) => () => {
      clock.milliseconds += milliseconds;
    };
    const [fast, slow] = measure({ fast: taking(1), slow: taking(4) }, { rounds: 15, calls: 5 });
    expect(fast).toMatchObject({ median: 1000, fastest: 1000, ratio: 1 });
    expect(slow).toMatchObject({ median: 4000, extra: 3000, ratio: 4, interval: [4, 4] });
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
    const clock = stoppedClock();
    const before = async (name: string): Promise<void> => {
      clock.milliseconds += 10;
      current = name;
    };
    const [a] = await measureAsync({ a: variant('a'), b: variant('b') }, { rounds: 3, warmUp: 1, calls: 2, before });
    expect([...seen]).toEqual(['a', 'b']);
    expect(a?.median).toBe(0);
  });
});
