import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

const small = ['--limit', '500', '--epochs', '4', '--batch', '20', '--seed', '5'];

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run(...small);
  }, 120_000);

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^400 handwritten digits .*, 100 others for the test; wasm backend/);
  });

  it('prints a line for each epoch, with falling loss', () => {
    expect(result.losses).toHaveLength(4);
    expect(result.losses).toEqual(result.losses.toSorted((a, b) => b - a));
  });

  it('recognizes far more digits than chance would, by its moving averages', () => {
    const [, percentage] = /^accuracy on 100 unseen digits: ([\d.]+) %$/m.exec(result.stdout) ?? [];
    expect(Number(percentage)).toBeGreaterThan(60);
  });

  it('lists the variables of all layers, moving averages among them', () => {
    expect(result.stdout).toMatch(/^classifier\/features\/conv_2d_0\/w +\[5, 5, 1, 16\] +float32 +400 +1,600$/m);
    expect(result.stdout).toMatch(/^classifier\/features\/batch_norm_2\/moving_variance +\[64\] /m);
    expect(result.stdout).toMatch(/^total +[\d,]+ +[\d,]+$/m);
  });

  it('prints a confusion matrix, and where the loss curve is', () => {
    expect(result.stdout).toMatch(/^ +0 +1 +2 +3 +4 +5 +6 +7 +8 +9 +right$/m);
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('gives the same network for the same seed', async () => {
    expect((await run(...small)).withoutTimes).toBe(result.withoutTimes);
  }, 120_000);
});

it('fails a full run that has learned too little', async () => {
  const result = await run('--epochs', '1', '--batch', '250');
  expect(result.code).toBe(1);
  expect(result.stderr).toBe('The accuracy is below 97.0 %.\n');
}, 120_000);
