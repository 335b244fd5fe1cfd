import { DEVIATIONS, type Deviation } from './deviations.ts';
import type { CaseResult } from './run-cases.ts';

/** The greatest part of all cases that deviations may skip. */
const MOST_DEVIATION_SKIPS = 0.03;

/** The greatest number of differences of one case that are printed. */
const MOST_DIFFERENCES = 12;

/** What a run has to say. */
export interface Report {
  readonly lines: readonly string[];
  /** Whether everything that was run passed and the deviations skip few enough cases. */
  readonly ok: boolean;
}

/**
 * Puts a run into words: each failure with what differs, what is missing, the hits of each deviation, and the totals.
 *
 * @param complete Whether these are all cases of the folder: only then the share of deviations says something.
 */
export function report(results: readonly CaseResult[], complete: boolean): Report {
  const failed = results.filter((result) => result.status === 'failed');
  const skipped = results.filter((result) => result.status === 'skipped');
  const byDeviation = skipped.filter((result) => result.missing === undefined);
  const tooMany = complete && byDeviation.length > MOST_DEVIATION_SKIPS * results.length;
  const share = results.length === 0 ? 0 : (100 * byDeviation.length) / results.length;
  return {
    lines: [
      ...failed.flatMap(failureLines),
      ...missingLines(skipped),
      ...DEVIATIONS.flatMap((deviation) => deviationLines(deviation, results)),
      `skipped as something does not exist yet: ${skipped.length - byDeviation.length}; by deviations: ` +
        `${byDeviation.length} of ${results.length} (${share.toFixed(1)} %, at most ${100 * MOST_DEVIATION_SKIPS} %)`,
      ...(tooMany ? ['FAILED  deviations skip too many cases'] : []),
      `${results.length - failed.length - skipped.length} passed, ${failed.length} failed, ${skipped.length} skipped`,
    ],
    ok: failed.length === 0 && !tooMany,
  };
}

function failureLines(result: CaseResult): string[] {
  const shown = result.differences.slice(0, MOST_DIFFERENCES);
  const more = result.differences.length - shown.length;
  return [
    `FAILED  ${result.id}`,
    ...shown.flatMap(({ path, expected, got, maxError }) => [
      `  ${path}${maxError === undefined ? '' : `  (greatest error ${maxError.toPrecision(3)})`}`,
      `    expected ${expected}`,
      `    got      ${got}`,
    ]),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** How many cases wait for each thing that does not exist yet. */
function missingLines(skipped: readonly CaseResult[]): string[] {
  const counts = new Map<string, number>();
  for (const { missing = [] } of skipped) for (const what of missing) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, count]) => `skipped: ${what} does not exist yet (${count} cases)`);
}

function deviationLines(deviation: Deviation, results: readonly CaseResult[]): string[] {
  const hits = results.filter((result) => result.deviations.includes(deviation)).map((result) => result.id);
  if (hits.length === 0) return [];
  const effect = deviation.expect === undefined ? 'skipped' : 'expected otherwise';
  return [`deviation, ${effect} ${hits.length}: ${deviation.reason}: ${hits.join(', ')}`];
}
