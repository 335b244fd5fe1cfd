import { describe, expect, it } from 'vitest';
import { compare, drawLosses, leadOf } from './report.ts';
import type { Lesson } from './teach.ts';

function lesson(...accuracies: number[]): Lesson {
  return { losses: [1, 0.8, 0.5], accuracies, variables: [] };
}

describe('compare', () => {
  it('sets readers beside guessing and beside who does not look', () => {
    expect(compare({ objects: 4, dims: 2 }, lesson(0.9, 0.8, 0.7, 1), lesson(0.5, 0.4, 0.3, 0.8))).toEqual([
      'right answers              all  farthest     2nd     3rd   itself  parameters',
      'guessing                25.0 %    25.0 %  25.0 %  25.0 %   25.0 %',
      'not looking at vectors  50.0 %    33.3 %  33.3 %  33.3 %  100.0 %',
      'LSTM                    50.0 %    50.0 %  40.0 %  30.0 %   80.0 %           0',
      'relational memory       85.0 %    90.0 %  80.0 %  70.0 %  100.0 %           0',
    ]);
  });
});

describe('drawLosses', () => {
  it('shows the loss of who does not look, unless that is never in doubt', () => {
    expect(drawLosses({ objects: 3, dims: 2 }, lesson(1, 1, 1))).toContain('not looking at vectors');
    expect(drawLosses({ objects: 2, dims: 2 }, lesson(1, 1))).not.toContain('not looking at vectors');
  });
});

describe('leadOf', () => {
  it('is the distance from who does not look', () => {
    expect(leadOf({ objects: 4, dims: 2 }, lesson(0.9, 0.8, 0.7, 1))).toBeCloseTo(0.35, 10);
  });
});
