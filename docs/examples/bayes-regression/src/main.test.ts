import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

describe('a short run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run('--steps', '800', '--seed', '3');
  }, 120_000);

  function scoresOf(model: string): number[] {
    const [, error, logLikelihood] = new RegExp(`^${model} +([\\d.]+) +(-?[\\d.]+)$`, 'm').exec(result.stdout) ?? [];
    return [Number(error), Number(logLikelihood)];
  }

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^314 cars to learn from, 78 others for the test; wasm backend, node /);
  });

  it('tells how both trainings go on', () => {
    const lines = [
      ...result.stdout.matchAll(/^step +\d+\/800 {2}loss -?\d+\.\d{3} {2}[\d,]+ steps\/s {2}\d+ s left$/gm),
    ];
    expect(lines.length).toBeGreaterThanOrEqual(10);
    expect(result.stdout.match(/^trained for [\d.]+ s$/gm)).toHaveLength(2);
  });

  it('compares a line, a network, and one with distributions', () => {
    expect(result.stdout).toMatch(/^on 78 unseen cars +error \(mpg\) +log-likelihood$/m);
    const [line, ordinary, bayes] = ['least squares line', 'ordinary network', 'Bayes by Backprop'].map(scoresOf);
    for (const [error, logLikelihood] of [line, ordinary, bayes] as [number, number][]) {
      expect(error).toBeGreaterThan(2);
      expect(error).toBeLessThan(6);
      expect(logLikelihood).toBeLessThan(-2);
    }
    expect(bayes?.[0]).toBeLessThan(line?.[0] as number);
    expect(bayes?.[1]).toBeGreaterThan(line?.[1] as number);
  });

  it('lists means and standard deviations of all weights', () => {
    expect(result.stdout).toMatch(/^network\/mlp\/linear_1\/w\/posterior_loc +\[16, 16\] +float32 /m);
    expect(result.stdout).toMatch(/^network\/mlp\/linear_1\/w\/posterior_scale +\[16, 16\] +float32 /m);
    expect(result.stdout).toMatch(/^total +676 +2,704$/m);
  });

  it('writes the picture and prints its path', () => {
    expect(result.stdout).toMatch(/^what is expected, and how sure that is: OUT\/prediction\.svg$/m);
    expect(String(result.files.get('prediction.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('gives the same for the same seed', async () => {
    const again = await run('--steps', '800', '--seed', '3');
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files.get('prediction.svg')).toEqual(result.files.get('prediction.svg'));
  }, 120_000);
});

describe('the command line', () => {
  it('is refused when it cannot be understood', async () => {
    const result = await run('--steps', 'many');
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toBe(
      '--steps must be an integer from 1 to 1000000; got "many".\n--help lists the options.\n',
    );
  });
});

it('fails when it has learned too little', async () => {
  const result = await run('--steps', '5');
  expect(result.code).toBe(1);
  expect(result.stderr).toBe('Bayes by Backprop is no better than a line: its likelihood of the test is lower.\n');
}, 120_000);
