import { describe, expect, it } from 'vitest';
import type { Case } from './case-format.ts';
import { deviationsOf } from './deviations.ts';

const base: Case = { id: 'X/label', class: 'X', kind: 'error' };
const error = { where: 'calls[0]', type: 'ValueError', raisedBy: 'sonnet', message: '' } as const;

/** The reasons that a case falls under, and what it is expected to do. */
function decide(item: Partial<Case>): { reasons: string[]; expected: Case | null } {
  const full = { ...base, ...item };
  const found = deviationsOf(full);
  const skipped = found.some(({ expect: change }) => change === undefined);
  const expected = found.reduce((changed, deviation) => deviation.expect?.(changed) ?? changed, full);
  return { reasons: found.map(({ reason }) => reason), expected: skipped ? null : expected };
}

describe('deviationsOf', () => {
  it('leaves ordinary cases alone', () => {
    expect(decide({ error: { ...error, message: 'rank must be 2 not: 3' } }).reasons).toEqual([]);
  });

  it('skips cases about unknown shapes', () => {
    const input = { dtype: 'float32', shape: [2], data: [1, 2], staticShape: [null] };
    expect(decide({ calls: [{ args: [input] }], error }).expected).toBeNull();
    expect(decide({ calls: [{ args: [{ ...input, staticShape: [2] }] }], error }).reasons).toEqual([]);
  });

  it('skips errors that tell tuples from lists', () => {
    const message = 'First structure type=list str=[2] has type list, while second structure has type tuple';
    expect(decide({ error: { ...error, type: 'TypeError', raisedBy: 'tensorflow', message } }).expected).toBeNull();
  });

  it('does not expect the words of the Python interpreter', () => {
    const message = "f() missing 1 required positional argument: 'is_training'";
    expect(decide({ error: { ...error, message } }).expected?.error?.raisedBy).toBe('python');
  });

  it('does not expect how Python prints a class', () => {
    const message = "not 7 of type <class 'int'>.";
    expect(decide({ error: { ...error, message } }).expected?.error?.message).toBe('not 7 of type .');
  });

  it('expects the backend as the device of a variable', () => {
    const outputs = 'Variable  Device\nw         (legacy)';
    const step = { function: 'snt.format_variables', outputs };
    expect(decide({ kind: 'function', calls: [step] }).expected?.calls?.[0]?.outputs).toBe(
      'Variable  Device\nw         cpu',
    );
  });

  it('expects names of dtypes as keys', () => {
    const step = { function: 'snt.count_variables_by_type', outputs: { "<dtype: 'float32'>": { num_variables: 1 } } };
    expect(decide({ kind: 'function', calls: [step] }).expected?.calls?.[0]?.outputs).toEqual({
      float32: { num_variables: 1 },
    });
  });

  it('does not repeat the bugs of Sonnet', () => {
    const message = 'clip_gradient does not support non-float `net` inputs.';
    const scaled = decide({ calls: [{ function: 'snt.scale_gradient' }], error: { ...error, message } });
    expect(scaled.expected?.error?.message).toMatch(/^scale_gradient/);

    const lstm = {
      class: 'LSTM',
      config: { partitioners: { w: 1 } },
      error: { ...error, message: "Invalid initializer keys 'w'" },
    };
    expect(decide(lstm).expected?.error?.message).toBe("Invalid partitioner keys 'w'");

    const combine = (x: number): Partial<Case> => ({
      class: 'AffineWarpConstraints',
      kind: 'function',
      setup: [{ function: 'snt.AffineWarpConstraints.scale_2d', kwargs: { x }, as: 'a' }],
      calls: [{ target: 'a', method: 'combine_with', args: [[[1, null, null]]] }],
    });
    expect(decide(combine(0)).expected).toBeNull();
    expect(decide(combine(0.5)).reasons).toEqual([]);
  });
});
