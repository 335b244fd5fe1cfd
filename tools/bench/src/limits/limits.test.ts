import { describe, expect, it } from 'vitest';
import { copyOf } from './copy.ts';
import { arithmeticRates, peakLoops } from './peak.ts';

describe('the loops in registers', () => {
  it('compute numbers', () => {
    for (const { run, operations } of peakLoops()) {
      run();
      expect(operations).toBeGreaterThan(1e5);
    }
  });

  it('have more multiplications in a microsecond than roots', () => {
    const { flops, divisions, roots } = arithmeticRates();
    expect(flops).toBeGreaterThan(divisions);
    expect(flops).toBeGreaterThan(roots);
  });
});

it('a copy fills its target and counts what it reads and writes', () => {
  const { run, bytes } = copyOf(1024);
  run();
  expect(bytes).toBe(2 * 4 * 1024);
});
