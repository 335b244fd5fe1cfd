import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PlainNodeResult, runPlainNode } from '@sonnetjs/testing/plain-node';

/** What a run of an example printed and wrote. The folder for its files is called OUT in what it printed. */
export interface ProgramResult extends PlainNodeResult {
  /** The content of the files that it wrote, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * The loss after each epoch, from the lines that tell how training goes on: of several trainings, one after the other.
   */
  readonly losses: readonly number[];
  /** What it printed, without the times that it took. */
  readonly withoutTimes: string;
}

/**
 * Runs a built example in plain node, with a folder of its own for what it writes.
 *
 * @param program The path of its `main.js`.
 */
export async function runProgram(program: URL, args: readonly string[]): Promise<ProgramResult> {
  const out = await mkdtemp(join(tmpdir(), 'sonnetjs-example-'));
  try {
    const options = { timeout: 180_000 };
    const { code, stdout, stderr } = await runPlainNode(fileURLToPath(program), [...args, '--out', out], options);
    const text = stdout.replaceAll(relative(process.cwd(), out), 'OUT');
    return {
      code,
      stdout: text,
      stderr,
      files: await readAll(out),
      losses: lossesIn(text),
      withoutTimes: text.replace(/[\d,]+ \w+\/s {2}\d+ s left|trained for .*/g, ''),
    };
  } finally {
    await rm(out, { recursive: true });
  }
}

async function readAll(folder: string): Promise<Map<string, Uint8Array>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** @throws Error when the lines are not those of the epochs from the first to the last, of each training. */
function lossesIn(text: string): number[] {
  const lines = [...text.matchAll(/^epoch +(\d+)\/(\d+) {2}loss (\d+\.\d{3}) {2}[\d,]+ images\/s {2}\d+ s left$/gm)];
  for (const [i, [line, epoch, epochs]] of lines.entries()) {
    if (Number(epoch) !== (i % Number(epochs)) + 1 || lines.length % Number(epochs) !== 0)
      throw new Error(`Unexpected line: ${line}`);
  }
  return lines.map(([, , , loss]) => Number(loss));
}
