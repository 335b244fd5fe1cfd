import type { Case } from './case-format.ts';
import type { Difference } from './compare.ts';
import { type Deviation, deviationsOf } from './deviations.ts';
import { differencesOf } from './passes.ts';
import { missingFrom } from './symbols.ts';

/** What became of one case. */
export interface CaseResult {
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What differs, where it failed. */
  readonly differences: readonly Difference[];
  /** What it needs and no package exports yet, where it was skipped for that. */
  readonly missing?: readonly string[];
  /** The rules of deviation that it falls under. */
  readonly deviations: readonly Deviation[];
}

/** Runs one case: skips it where it cannot run or a deviation says so, else compares. */
export function runCase(item: Case): CaseResult {
  const deviations = deviationsOf(item);
  if (deviations.some((deviation) => deviation.expect === undefined)) {
    return { id: item.id, status: 'skipped', differences: [], deviations };
  }
  const missing = missingFrom(item);
  if (missing.length > 0) return { id: item.id, status: 'skipped', differences: [], deviations: [], missing };
  const expected = deviations.reduce((changed, deviation) => deviation.expect?.(changed) ?? changed, item);
  const differences = differencesOf(expected);
  return { id: item.id, status: differences.length === 0 ? 'passed' : 'failed', differences, deviations };
}
