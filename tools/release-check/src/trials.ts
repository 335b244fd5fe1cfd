/** One of several ways to try the same thing. */
export interface Trial {
  readonly name: string;
  /**
   * @returns What was found, in one line.
   * @throws Error when it fails.
   */
  run(): Promise<string>;
}

/**
 * Runs trials one after the other.
 *
 * @returns A line for each.
 * @throws Error when one fails; the message has the lines of all.
 */
export async function runTrials(trials: readonly Trial[]): Promise<string> {
  const lines: string[] = [];
  let failed = false;
  for (const { name, run } of trials) {
    try {
      lines.push(`${name}: ${await run()}`);
    } catch (error) {
      failed = true;
      lines.push(`${name}: FAILED: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed) throw new Error(lines.join('\n'));
  return lines.join('\n');
}
