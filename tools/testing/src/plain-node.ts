import { spawn } from 'node:child_process';

/** What a program printed, and how it ended. */
export interface PlainNodeResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a JavaScript file in a process of its own: no bundler, no test runner, no export conditions, so that it sees the
 * built packages and tfjs as users of the published packages do.
 *
 * @param file The program's path.
 * @param args Its arguments.
 * @param options `node`: the binary, by default the one that runs the tests; `timeout` in milliseconds, default 60,000.
 */
export function runPlainNode(
  file: string,
  args: readonly string[] = [],
  { node = process.execPath, timeout = 60_000 }: { node?: string; timeout?: number } = {},
): Promise<PlainNodeResult> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(node, [file, ...args], { env, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
