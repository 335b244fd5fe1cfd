import type { CaseVariable, InitialValue } from './case-format.ts';
import { type Comparison, statisticsOf } from './compare.ts';
import { toNumber } from './tensors.ts';

/** How many standard errors two draws of one distribution may lie apart. */
const STANDARD_ERRORS = 6;

/** From this many elements on, the extremes of a draw tell a bounded distribution from an unbounded one. */
const MANY = 400;

/** The greatest deviation from the mean, in standard deviations of the draw, of uniform and truncated normal numbers. */
const BOUNDED = 2.35;

/**
 * Compares what an initializer gave with the record of what Sonnet's gave: a constant exactly, a distribution by the mean,
 * the standard deviation and the extremes of one draw each, so with the room that two draws need.
 */
export function compareInitialValue(
  path: string,
  variable: CaseVariable,
  got: readonly number[],
  comparison: Comparison,
): void {
  if (got.some((value) => !Number.isFinite(value))) comparison.add(path, 'finite numbers', 'others too');
  const { constant } = variable.initial;
  if (constant === undefined) {
    if (isDistribution(variable.initial)) compareDistribution(path, variable.initial, got, comparison);
  } else if (got.length > 1 || isShort(toNumber(constant))) {
    const value = toNumber(constant);
    const off = got.find((element) => Math.abs(element - value) > 1e-6 * Math.max(1, Math.abs(value)));
    if (off !== undefined) comparison.add(path, `the constant ${constant}`, off);
  }
}

/** Whether a number has few digits. A variable of one element always has a constant: one of many digits was drawn. */
function isShort(value: number): boolean {
  return Number(value.toPrecision(4)) === value;
}

type Distribution = Required<Omit<InitialValue, 'constant'>>;

function isDistribution(initial: InitialValue): initial is Distribution {
  return (
    initial.mean !== undefined && initial.std !== undefined && initial.min !== undefined && initial.max !== undefined
  );
}

function compareDistribution(
  path: string,
  expected: Distribution,
  values: readonly number[],
  comparison: Comparison,
): void {
  const got = statisticsOf(values);
  const count = values.length;
  // Both draws vary: the variance of a difference is twice that of one. The record is rounded to five decimals.
  const rounding = 1e-5;
  const meanRoom = STANDARD_ERRORS * expected.std * Math.sqrt(2 / count) + rounding;
  if (Math.abs(got.mean - expected.mean) > meanRoom) {
    comparison.add(`${path}.mean`, `${expected.mean} ± ${meanRoom.toPrecision(3)}`, got.mean);
  }
  const stdRoom = (STANDARD_ERRORS * expected.std) / Math.sqrt(count) + rounding;
  if (Math.abs(got.std - expected.std) > stdRoom) {
    comparison.add(`${path}.std`, `${expected.std} ± ${stdRoom.toPrecision(3)}`, got.std);
  }
  compareExtremes(path, expected, got, count, comparison);
}

function compareExtremes(
  path: string,
  expected: Distribution,
  got: { readonly min: number; readonly max: number },
  count: number,
  comparison: Comparison,
): void {
  const reach = Math.max(expected.mean - expected.min, expected.max - expected.mean);
  const room = extremeRoom(expected, reach, count) + 1e-5;
  for (const key of ['min', 'max'] as const) {
    if (Math.abs(got[key] - expected[key]) > room) {
      comparison.add(`${path}.${key}`, `${expected[key]} ± ${room.toPrecision(3)}`, got[key]);
    }
  }
}

/**
 * How far apart the extremes of two draws may lie. Those of many numbers of a bounded distribution come close to its
 * bounds: the gap falls as 1 / count. Those of few numbers, or of an unbounded distribution, say little.
 */
function extremeRoom(expected: Distribution, reach: number, count: number): number {
  if (count >= MANY && reach <= BOUNDED * expected.std) return (80 / count) * reach;
  return 2 * reach + 3 * expected.std;
}
