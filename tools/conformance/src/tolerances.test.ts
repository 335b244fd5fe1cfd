import { describe, expect, it } from 'vitest';
import type { Case } from './case-format.ts';
import { TOLERANCE, toleranceOf, WIDE_TOLERANCE } from './tolerances.ts';

const item = (rest: Partial<Case>): Case => ({ id: 'X/y', class: 'X', kind: 'module', ...rest });

describe('toleranceOf', () => {
  it('is narrow by default', () => {
    expect(toleranceOf(item({ class: 'Linear', module: 'Linear' }), 'outputs')).toBe(TOLERANCE);
    expect(toleranceOf(item({ class: 'MLP', module: 'nets.MLP' }), 'gradients')).toBe(TOLERANCE);
  });

  it('is wide for deep nets', () => {
    expect(toleranceOf(item({ class: 'AlexNet' }), 'outputs')).toBe(WIDE_TOLERANCE);
  });

  it('is wide for gradients through the statistics of a batch only', () => {
    const training = item({ module: 'BatchNorm', calls: [{ kwargs: { is_training: true } }] });
    const testing = item({ module: 'BatchNorm', calls: [{ kwargs: { is_training: false, test_local_stats: false } }] });
    expect(toleranceOf(training, 'gradients')).toBe(WIDE_TOLERANCE);
    expect(toleranceOf(training, 'outputs')).toBe(TOLERANCE);
    expect(toleranceOf(testing, 'gradients')).toBe(TOLERANCE);
  });

  it('is wide for long unrolls', () => {
    const unroll = (steps: number): Case =>
      item({ calls: [{ method: 'dynamic_rnn', args: [{ dtype: 'float32', shape: [2, steps, 1], data: [] }] }] });
    expect(toleranceOf(unroll(3), 'outputs')).toBe(TOLERANCE);
    expect(toleranceOf(unroll(20), 'outputs')).toBe(WIDE_TOLERANCE);
  });
});
