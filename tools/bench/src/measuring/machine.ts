import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Where and with what a result was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly relaxedSimd: boolean;
  /** The commit that was measured, with `+` when files differed from it. */
  readonly commit: string;
  readonly date: string;
}

/** The facts that every result begins with. */
export function machineFacts(relaxedSimd: boolean): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    relaxedSimd,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
  };
}

function commit(): string {
  try {
    const hash = git('rev-parse', '--short=12', 'HEAD');
    // Results are written where they are tracked; they are no change to what was measured.
    const changed = git('status', '--porcelain', '--', 'packages', 'tools') !== '';
    return changed ? `${hash}+` : hash;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  const cwd = new URL('../../../..', import.meta.url);
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
