import { getVariable, globalVariables, resetDefaultGraph } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { accuracy, confusionMatrix, formatConfusionMatrix, formatVariables } from './report.ts';

const labels = Int32Array.of(0, 0, 1, 9);
const answers = Int32Array.of(0, 8, 1, 9);

describe('accuracy', () => {
  it('is the share of right answers', () => {
    expect(accuracy(labels, answers)).toBe(0.75);
  });
});

describe('confusionMatrix', () => {
  it('counts the answers for each digit', () => {
    const counts = confusionMatrix(labels, answers);
    expect(counts[0]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(counts[9]?.[9]).toBe(1);
  });
});

describe('formatConfusionMatrix', () => {
  it('shows counts, dots for none, and the share of right answers', () => {
    const lines = formatConfusionMatrix(confusionMatrix(labels, answers));
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('   0  1  2  3  4  5  6  7  8  9    right');
    expect(lines[1]).toBe('0  1  ·  ·  ·  ·  ·  ·  ·  1  ·   50.0 %');
    expect(lines[3]).toBe('2  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·        -');
  });
});

describe('formatVariables', () => {
  it('lists variables and sums them up', () => {
    resetDefaultGraph();
    getVariable('layer/w', { shape: [30, 40] });
    getVariable('layer/b', { shape: [40] });
    expect(formatVariables(globalVariables())).toEqual([
      'variable  shape     dtype    parameters  bytes',
      'layer/w   [30, 40]  float32       1,200  4,800',
      'layer/b   [40]      float32          40    160',
      'total                             1,240  4,960',
    ]);
  });
});
