import { describe, expect, it } from 'vitest';
import { copyOf } from './copy.ts';
import { arithmeticLoops, peakLoops } from './peak.ts';

describe('the loops in registers', () => {
  it('compute numbers', () => {
    for (const { run, operations } of peakLoops()) {
      run();
      expect(operations).toBeGreaterThan(1e5);
    }
  });

  it('are those of each kind of operation', () => {
    const { flops, divisions, roots } = arithmeticLoops();
    for (const loop of [flops, divisions, roots]) loop.run();
    expect([divisions.name, roots.name]).toEqual([expect.stringMatching(/^div/), expect.stringMatching(/^sqrt/)]);
    expect(flops.operations).toBeGreaterThan(1e5);
  });
});

it('a copy fills its target and counts what it reads and writes', () => {
  const { run, bytes } = copyOf(1024);
  run();
  expect(bytes).toBe(2 * 4 * 1024);
});
