import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

const small = ['--steps', '40', '--batch', '32', '--dims', '1', '--heads', '2', '--slots', '2', '--lstm', '16'];

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run(...small, '--seed', '5');
  }, 120_000);

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^which of 3 vectors of 1 numbers is the n-th farthest from another; wasm backend/);
  });

  it('trains both readers, with falling loss', () => {
    const lines = [...result.stdout.matchAll(/^step +\d+\/40 {2}loss (\d\.\d{3}) {2}[\d,]+ questions\/s/gm)];
    const losses = lines.map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(20);
    for (const first of [0, 10]) expect(losses[first + 9]).toBeLessThan(losses[first] as number);
  });

  it('lists the variables of the relational memory', () => {
    expect(result.stdout).toMatch(/^reader\/relational_memory\/linear_1\/w .* float32 /m);
    expect(result.stdout).toMatch(/^reader\/mlp\/linear_1\/b .* float32 /m);
  });

  it('compares with guessing, and with who does not look', () => {
    const rows = ['guessing', 'not looking at vectors', 'LSTM', 'relational memory'].map((name) =>
      [...(new RegExp(`^${name} .*$`, 'm').exec(result.stdout)?.[0] ?? '').matchAll(/[\d.]+(?= %)/g)].map(Number),
    );
    expect(rows.map((row) => row.length)).toEqual([4, 4, 4, 4]);
    expect(rows.slice(0, 2)).toEqual([
      [33.3, 33.3, 33.3, 33.3],
      [66.7, 50, 50, 100],
    ]);
    for (const [mean = Number.NaN, ...ranks] of rows) {
      expect(Math.abs(mean - ranks.reduce((sum, share) => sum + share) / 3)).toBeLessThan(0.15);
    }
  });

  it('writes the loss curve and prints its path', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('gives the same networks for the same seed, and others for another', async () => {
    const again = await run(...small, '--seed', '5');
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files).toEqual(result.files);
    expect((await run(...small, '--seed', '6')).withoutTimes).not.toBe(result.withoutTimes);
  }, 120_000);
});

it('refuses bad options', async () => {
  const result = await run('--objects', '1');
  expect(result.code).toBe(2);
  expect(result.stdout).toBe('');
  expect(result.stderr).toBe('--objects must be an integer from 2 to 100; got "1".\n--help lists the options.\n');
});
