import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** The outcome of a run, in the form of its closing line. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts the tests of a run. A file that failed to load or a suite whose hook failed holds tests that never ran, so each
 * counts as one failure, and so does an error that belongs to no test.
 */
export function countTests(modules: readonly TestModule[], strayErrors: number): Counts {
  const counts: Counts = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed++;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed++;
      else if (state === 'failed') counts.failed++;
      else if (state === 'skipped') counts.skipped++;
      else counts.failed++;
    }
  }
  return counts;
}

/** The closing line: `12 passed, 0 failed`, and `, 1 skipped` when there is something skipped. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A vitest reporter that prints the closing line, the last of the process, and before it a note of the configuration. */
export default class CountingReporter implements Reporter {
  readonly #note: string;

  constructor({ note = '' }: { note?: string } = {}) {
    this.#note = note === '' ? '' : `${note}\n`;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = countTests(modules, errors.length);
    if (counts.passed + counts.failed === 0) counts.failed = 1;
    process.once('exit', (code) => {
      // An exit code that says otherwise, for example a missed coverage threshold, must not hide behind the line.
      if (code !== 0 && counts.failed === 0) counts.failed = 1;
      if (counts.failed > 0) process.exitCode = 1;
      writeSync(1, `${this.#note}${closingLine(counts)}\n`);
    });
  }
}
