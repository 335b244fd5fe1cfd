/**
 * Kills a program that saves, over and over, and looks at what it has left: `node kill.ts [SAVES] [KILLS]`. At any time the
 * latest checkpoint must be complete, and no older than the one before.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listCheckpoints, readCheckpoint } from '../src/index.ts';
import { scriptArguments, typescriptNode } from './typescript-node.ts';

/** How long a program lives at most after it has begun to save. */
const MAX_LIFE_MS = 300;

/** What has happened. */
export interface KillReport {
  readonly saves: number;
  readonly kills: number;
  /** How often there was a file that the killed program had not finished. */
  readonly unfinished: number;
}

/**
 * Kills programs until so many checkpoints have been saved, and so many programs killed.
 *
 * @throws Error when a checkpoint is not what it should be.
 */
export async function killWhileSaving(saves: number, leastKills: number): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'kill-'));
  const name = join(folder, 'model');
  try {
    let [step, kills, unfinished] = [0, 0, 0];
    while (step < saves || kills < leastKills) {
      const begun = await runAndKill(name, Math.random() * MAX_LIFE_MS);
      kills++;
      if (begun !== step) throw new Error(`The program went on at step ${begun} instead of ${step}.`);
      step = await checkLatest(name, step);
      if ((await readdir(folder)).some((file) => file.endsWith('.tmp'))) unfinished++;
    }
    return { saves: step, kills, unfinished };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs the program, and kills it some time after it has said where it goes on. */
function runAndKill(name: string, life: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(typescriptNode(), scriptArguments('kill-child.ts', name), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let begun = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (begun === '') setTimeout(() => child.kill('SIGKILL'), life);
      begun += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(Number(begun));
      else reject(new Error(`The program that saves has ended by itself: ${errors}`));
    });
  });
}

/** Checks all checkpoints that there are, and gives the step of the latest. */
async function checkLatest(name: string, earlier: number): Promise<number> {
  const saved = await listCheckpoints(name);
  for (const { path, step } of saved) {
    const checkpoint = await readCheckpoint(path);
    if (checkpoint.step !== step) throw new Error(`${path} is of step ${checkpoint.step}.`);
    for (const [variable, tensor] of checkpoint.tensors) {
      const values = new Float32Array(tensor.bytes().slice().buffer);
      if (!values.every((value) => value === step)) throw new Error(`${path} has other values of "${variable}".`);
    }
  }
  const latest = saved.at(-1)?.step ?? 0;
  if (latest < earlier)
    throw new Error(`The latest checkpoint is of step ${latest}, after there was one of ${earlier}.`);
  return latest;
}

if (import.meta.main) {
  const [saveCount = 1000, killCount = 1] = process.argv.slice(2).map(Number);
  const { saves, kills, unfinished } = await killWhileSaving(saveCount, killCount);
  console.log(
    `${saves} saves, ${kills} kills, ${unfinished} of them in the middle of a file: the latest was always complete.`,
  );
}
