import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBook } from './book.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const options = [
  '--steps',
  '200',
  '--every',
  '10',
  '--hidden',
  '24',
  '--batch',
  '16',
  '--unroll',
  '8',
  '--sample',
  '80',
];

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

/** Runs the example; kills it a little after it has printed something, if it is told what. */
function run(folder: string, killAfter?: { readonly text: string; readonly ms: number }): Promise<Ending> {
  const args = [
    program,
    ...options,
    '--text',
    join(folder, '..', 'text'),
    '--save',
    join(folder, 'checkpoints'),
    '--out',
    folder,
  ];
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    let isDoomed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (killAfter === undefined || isDoomed || !stdout.includes(killAfter.text)) return;
      isDoomed = true;
      setTimeout(() => child.kill('SIGKILL'), killAfter.ms);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout }));
  });
}

/** What was printed behind the first line with a text. */
function behind(stdout: string, text: string): string {
  return stdout.slice(stdout.indexOf(text));
}

describe('a run that is killed', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'killed-'));
    // Short, so that rows are read more than once.
    await writeFile(join(folder, 'text'), (await readBook(null)).text.slice(0, 20_000));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('goes on with the losses of one that was not, to the bit', { timeout: 240_000 }, async () => {
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    const expected = await run(whole);
    expect(expected.code).toBe(0);

    // In the middle of steps, of measurements or of saves, as it happens.
    const kills = [
      { text: 'after 30 steps', ms: 0 },
      { text: 'after 70 steps', ms: 45 },
      { text: 'after 110 steps', ms: 110 },
    ];
    let from = 0;
    for (const kill of kills) {
      const { signal, stdout } = await run(killed, kill);
      expect(signal).toBe('SIGKILL');
      const [, step] = /^goes on from step (\d+),/m.exec(stdout) ?? [];
      expect(Number(step ?? 0)).toBeGreaterThanOrEqual(from);
      from = Number(/\d+/.exec(kill.text)?.[0]);
    }
    const resumed = await run(killed);
    expect(resumed.code).toBe(0);
    const [, step] = /^goes on from step (\d+),/m.exec(resumed.stdout) ?? [];
    expect(Number(step)).toBeGreaterThanOrEqual(110);
    expect(Number(step)).toBeLessThan(200);

    const losses = await readFile(join(killed, 'losses.csv'), 'utf8');
    expect(losses.split('\n')).toHaveLength(202);
    expect(losses).toBe(await readFile(join(whole, 'losses.csv'), 'utf8'));
    // The measurements on all of validation and test, and the last sample.
    const [there, here] = [expected, resumed].map(({ stdout }) => behind(stdout, 'LSTM').replace(/^loss.*$/gm, ''));
    expect(here).toBe(there);
  });

  it('that has ended goes on with nothing but its report', { timeout: 60_000 }, async () => {
    const { code, stdout } = await run(join(folder, 'whole'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^goes on from step 200,/m);
    expect(stdout).not.toMatch(/^after /m);
    expect(stdout).toMatch(/^LSTM +\d/m);
  });
});
