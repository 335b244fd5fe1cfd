import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from './collect.ts';
import { compiledFile } from './compile.ts';
import type { Program } from './program.ts';

const runner = fileURLToPath(new URL('../dist/run-programs.js', import.meta.url));

/**
 * Runs the programs of a suite in one new process.
 *
 * @returns For each program its error, or null.
 */
export async function runSuite({ programs, hasBackend }: Suite, folder: URL): Promise<Map<Program, string | null>> {
  const files = programs.map((program) => compiledFile(folder, program));
  const { reports, ending } = await runProcess([
    '--enable-source-maps',
    runner,
    ...(hasBackend ? ['--backend'] : []),
    ...files,
  ]);
  const errors = new Map(reports.map(({ file, error }) => [file, error]));
  return new Map(
    programs.map((program, index) => {
      const error = errors.get(files[index] ?? '');
      return [program, error === undefined ? `The program did not finish. ${ending}` : error];
    }),
  );
}

interface Report {
  readonly file: string;
  readonly error: string | null;
}

function runProcess(args: readonly string[]): Promise<{ reports: Report[]; ending: string }> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const cwd = mkdtempSync(join(tmpdir(), 'sonnetjs-example-'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let stderr = '';
    let lines = '';
    child.stdout?.resume();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdio[3]?.on('data', (text: Buffer) => {
      lines += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      rmSync(cwd, { recursive: true, force: true });
      const reports = lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Report);
      resolve({ reports, ending: `The process ended with ${signal ?? `code ${code}`}.\n${stderr}` });
    });
  });
}
