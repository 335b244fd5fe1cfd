import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

const small = ['--steps', '150', '--batch', '32', '--size', '3', '--hidden', '16', '--max-steps', '6'];

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run(...small, '--seed', '5');
  }, 120_000);

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^parity of vectors with 1 to 3 entries; a step costs 0\.001; wasm backend/);
  });

  it('trains both networks, with falling loss', () => {
    const lines = [...result.stdout.matchAll(/^step +\d+\/150 {2}loss (\d\.\d{3}) {2}[\d,]+ vectors\/s/gm)];
    const losses = lines.map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(20);
    for (const first of [0, 10]) expect(losses[first + 9]).toBeLessThan(losses[first] as number);
  });

  it('lists the variables of the core and of what decides on halting', () => {
    for (const name of ['vanilla_rnn/in_to_hidden/w', 'act_core/halting_linear/w', 'act_core/act_output_linear/b']) {
      expect(result.stdout).toMatch(new RegExp(`^ponderer/${name} .* float32 `, 'm'));
    }
  });

  it('prints steps, ponder cost and accuracy for each difficulty, and what holds', () => {
    const rows = [...result.stdout.matchAll(/^(\d|all) +([\d.]+) +([\d.]+) +([\d.]+) % +([\d.]+) %$/gm)];
    expect(rows.map(([, entries]) => entries)).toEqual(['1', '2', '3', 'all']);
    for (const [, , steps, ponderCost] of rows) {
      expect(Number(steps)).toBeGreaterThan(1);
      expect(Number(steps)).toBeLessThanOrEqual(6);
      expect(Number(ponderCost)).toBeGreaterThan(Number(steps));
    }
    expect(result.stdout).toMatch(/^It (pondered|did not ponder) longer over harder vectors: /m);
  });

  it('writes the loss curve and prints its path', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('gives the same network for the same seed, and another for another', async () => {
    const again = await run(...small, '--seed', '5');
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files).toEqual(result.files);
    expect((await run(...small, '--seed', '6')).withoutTimes).not.toBe(result.withoutTimes);
  }, 120_000);

  it('ponders less when that costs more', async () => {
    const stepsIn = ({ stdout }: ProgramResult) => Number(/^all +([\d.]+) /m.exec(stdout)?.[1]);
    const dear = await run(...small, '--seed', '5', '--ponder-cost', '1');
    expect(stepsIn(dear)).toBeLessThan(stepsIn(result));
  }, 120_000);
});

it('refuses bad options', async () => {
  const result = await run('--ponder-cost', 'much');
  expect(result.code).toBe(2);
  expect(result.stdout).toBe('');
  expect(result.stderr).toBe('--ponder-cost must be a number from 0 to 1000; got "much".\n--help lists the options.\n');
});
