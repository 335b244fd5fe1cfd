import { describe, expect, it } from 'vitest';
import { DEVIATIONS } from './deviations.ts';
import { report } from './report.ts';
import type { CaseResult } from './run-cases.ts';

const passed: CaseResult = { id: 'A/passed', status: 'passed', differences: [], deviations: [] };
const missing: CaseResult = { ...passed, id: 'A/missing', status: 'skipped', missing: ['module LSTM'] };
const failed: CaseResult = {
  ...passed,
  id: 'A/failed',
  status: 'failed',
  differences: [{ path: 'calls[0].outputs.data[3]', expected: '1', got: '2', maxError: 1 }],
};
const deviating: CaseResult = {
  ...passed,
  id: 'A/deviating',
  status: 'skipped',
  deviations: DEVIATIONS.filter(({ expect: change }) => change === undefined).slice(0, 1),
};

describe('report', () => {
  it('says what differs and closes with the totals', () => {
    const { lines, ok } = report([passed, failed, missing], true);
    expect(ok).toBe(false);
    expect(lines.slice(0, 4)).toEqual([
      'FAILED  A/failed',
      '  calls[0].outputs.data[3]  (greatest error 1.00)',
      '    expected 1',
      '    got      2',
    ]);
    expect(lines).toContain('skipped: module LSTM does not exist yet (1 cases)');
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 skipped');
  });

  it('prints the hits of each deviation and refuses more than 3 %', () => {
    const many = report([deviating, ...Array<CaseResult>(32).fill(passed)], true);
    expect(many.lines.some((line) => line.startsWith('deviation, skipped 1:') && line.endsWith('A/deviating'))).toBe(
      true,
    );
    expect(many.ok).toBe(false);
    expect(report([deviating, ...Array<CaseResult>(33).fill(passed)], true).ok).toBe(true);
    expect(report([deviating, passed], false).ok).toBe(true);
  });

  it('does not count what does not exist yet as a deviation', () => {
    expect(report([missing, passed], true).ok).toBe(true);
  });
});
