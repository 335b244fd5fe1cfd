import { describe, expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { closingLine, countTests } from './counting-reporter.ts';

type State = 'passed' | 'failed' | 'skipped' | 'pending';

function moduleOf(states: readonly State[], { loads = true, suiteErrors = 0 } = {}): TestModule {
  const module = {
    errors: () => (loads ? [] : [new Error('no such file')]),
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => [{ errors: () => Array.from({ length: suiteErrors }, () => new Error('hook')) }],
    },
  };
  return module as unknown as TestModule;
}

describe('countTests', () => {
  it('counts the tests of all files', () => {
    const modules = [moduleOf(['passed', 'failed']), moduleOf(['passed', 'skipped'])];
    expect(countTests(modules, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a file that cannot be loaded as a failure', () => {
    expect(countTests([moduleOf([], { loads: false })], 0).failed).toBe(1);
  });

  it('counts a suite whose hook fails as a failure', () => {
    expect(countTests([moduleOf(['passed'], { suiteErrors: 2 })], 0)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts errors outside of tests, and tests that never ended, as failures', () => {
    expect(countTests([moduleOf(['pending'])], 2).failed).toBe(3);
  });
});

describe('closingLine', () => {
  it('names skipped tests only where there are some', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
