import { resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import { describe, expect, it } from 'vitest';
import { compare, type Examination, examine, meanOf, verdictOn } from './examine.ts';
import { Ponderer } from './model.ts';

function results(steps: readonly number[]): Examination[] {
  return steps.map((count, i) => ({ entries: i + 1, accuracy: 1 / (i + 1), steps: count, ponderCost: count + 0.5 }));
}

describe('examine', () => {
  it('has a result for each difficulty, the same for the same seed, and leaks nothing', async () => {
    resetDefaultGraph({ seed: 1 });
    const ponderer = new Ponderer({ hidden: 4, maxSteps: 3 });
    const examinations = await examine(ponderer, 3, 1);
    expect(examinations.map(({ entries }) => entries)).toEqual([1, 2, 3]);
    for (const { accuracy, steps, ponderCost } of examinations) {
      expect(accuracy).toBeGreaterThanOrEqual(0);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(ponderCost).toBeGreaterThan(steps);
    }
    expect(await expectNoLeak(() => examine(ponderer, 3, 1))).toEqual(examinations);
    expect(await examine(ponderer, 3, 2)).not.toEqual(examinations);
  });
});

describe('compare', () => {
  it('has a row for each difficulty and one for all', () => {
    expect(compare(results([2, 4]), results([1, 1])).slice(2)).toEqual([
      'entries  steps  ponder cost  accuracy  in one step',
      '1         2.00         2.50   100.0 %      100.0 %',
      '2         4.00         4.50    50.0 %       50.0 %',
      'all       3.00         3.50    75.0 %       75.0 %',
    ]);
    expect(meanOf(results([2, 4]), 'steps')).toBe(3);
  });
});

describe('verdictOn', () => {
  it('says what holds', () => {
    expect(verdictOn(results([1, 3, 5]))).toBe(
      'It pondered longer over harder vectors: 5.00 steps for the harder half, 1.00 for the easier one.',
    );
    expect(verdictOn(results([2, 1]))).toMatch(/^It did not ponder longer .* 1\.00 steps .* 2\.00 for/);
    expect(verdictOn(results([2, 2]))).toMatch(/^It did not/);
    expect(verdictOn(results([2]))).toBe('There is only one difficulty.');
  });
});
