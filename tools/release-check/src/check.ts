/** One thing that has to hold before a release. */
export interface Check {
  readonly name: string;
  /**
   * @returns What was found, as a few lines, or nothing.
   * @throws Error when the check fails; the message says what is wrong.
   */
  run(): Promise<string | undefined>;
}

/** Runs checks one after the other and prints a line for each. The result says whether all have passed. */
export async function runChecks(checks: readonly Check[]): Promise<boolean> {
  let failed = 0;
  for (const { name, run } of checks) {
    const started = performance.now();
    const outcome = await run().then(
      (text) => ({ passed: true, text }),
      (error: unknown) => ({ passed: false, text: error instanceof Error ? error.message : String(error) }),
    );
    if (!outcome.passed) failed++;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${outcome.passed ? 'PASS' : 'FAIL'}  ${name} (${seconds} s)`);
    if (outcome.text) console.log(outcome.text.replace(/^/gm, '      ').trimEnd());
  }
  console.log(`release check: ${checks.length - failed} of ${checks.length} checks hold`);
  return failed === 0;
}
