import { beforeAll, describe, expect, it } from 'vitest';
import { restartBackend, startBackend } from './backends.ts';
import { table } from './entries/index.ts';
import type { Family } from './entry.ts';
import { faultsOf } from './known-faults/index.ts';
import { type RunOptions, runEntry, staleness } from './run.ts';

/** What of the table to run, and how much. */
export interface SuiteOptions extends RunOptions {
  /** Default: all. */
  readonly families?: readonly Family[];
}

/**
 * Defines tests that compare every op and its gradient on a backend with float64 references, for calls that fast-check
 * draws.
 *
 * @param backendName One of `backends`.
 */
export function paritySuite(backendName: string, options: SuiteOptions = {}): void {
  const { runs = 100, seed = 1, families } = options;
  const entries = table.filter(({ family }) => families?.includes(family) ?? true);
  describe(`on ${backendName}, seed ${seed}`, () => {
    beforeAll(() => startBackend(backendName));
    it.each(entries.map((entry) => [entry.op, entry] as const))('%s', async (op, entry) => {
      const { failure, damaged } = runEntry(entry, backendName, { runs, seed });
      if (damaged) await restartBackend(backendName);
      expect(failure).toBeUndefined();
      for (const fault of faultsOf(backendName, op))
        expect(staleness(entry, fault, backendName, { seed })).toBeUndefined();
    });
  });
}
