/**
 * Reads files that are made to take much memory, each in a process of its own: `node memory.ts`. Prints how much each of
 * them took besides its bytes.
 */
import { spawnSync } from 'node:child_process';
import { CheckpointError, readCheckpoint } from '../src/index.ts';
import { hostileFiles } from './hostile-files.ts';
import { scriptArguments, typescriptNode } from './typescript-node.ts';

/** What readers of this package promise to stay below, besides a file's bytes. */
export const MEMORY_BOUND_MIB = 1024;

/** What became of a file. */
export interface MemoryReport {
  readonly file: string;
  /** The most memory that reading it took, in MiB. */
  readonly peak: number;
  readonly outcome: 'read' | 'refused';
}

/** Reads one of the files in a process of its own. */
export function measure(file: string): MemoryReport {
  const { stdout, stderr, status } = spawnSync(typescriptNode(), scriptArguments('memory.ts', file), {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The process that reads "${file}" has failed: ${stderr}`);
  return JSON.parse(stdout) as MemoryReport;
}

async function read(file: string): Promise<MemoryReport> {
  const source = (hostileFiles[file] as (typeof hostileFiles)[string])();
  const before = process.memoryUsage().rss;
  let outcome: MemoryReport['outcome'] = 'read';
  try {
    await readCheckpoint(source);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    outcome = 'refused';
  }
  const peak = Math.round((process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20);
  return { file, peak, outcome };
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file !== undefined) console.log(JSON.stringify(await read(file)));
  else {
    for (const { file, peak, outcome } of Object.keys(hostileFiles).map(measure)) {
      console.log(`${file.padEnd(32)} ${outcome.padEnd(8)} ${peak} MiB`);
    }
  }
}
