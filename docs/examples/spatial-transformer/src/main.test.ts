import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

const small = ['--limit', '1000', '--epochs', '4', '--batch', '10', '--seed', '5'];

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run(...small);
  }, 120_000);

  function accuracyOf(line: RegExp): number {
    return Number(line.exec(result.stdout)?.[1]);
  }

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^800 handwritten digits .*, 200 others for the test; wasm backend/);
  });

  it('prints a line for each epoch of both trainings, with falling loss', () => {
    expect(result.losses).toHaveLength(8);
    for (const losses of [result.losses.slice(0, 4), result.losses.slice(4)]) {
      expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    }
  });

  it('compares what was learned with and without the warper', () => {
    expect(result.stdout).toMatch(/^on 200 unseen digits, distorted +accuracy +parameters$/m);
    const plain = accuracyOf(/^without the warper +([\d.]+) % +[\d,]+$/m);
    expect(plain).toBeGreaterThan(15);
    expect(accuracyOf(/^with the warper +([\d.]+) % +[\d,]+$/m)).toBeGreaterThan(plain);
  });

  it('lists the variables of straightener and reader', () => {
    for (const name of ['straightener/look/conv_2d_0/w', 'straightener/decide/b', 'reader/logits/w']) {
      expect(result.stdout).toMatch(new RegExp(`^${name} .* float32 `, 'm'));
    }
  });

  it('writes the pictures and prints their paths', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*without the warper.*<\/svg>\n$/s);
    expect(result.stdout).toMatch(/^digits before and after warping: OUT\/digits\.png$/m);
    const { width, height } = PNG.sync.read(Buffer.from(result.files.get('digits.png') ?? []));
    expect([width, height]).toEqual([994, 750]);
  });

  it('gives the same for the same seed', async () => {
    const again = await run(...small);
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files.get('digits.png')).toEqual(result.files.get('digits.png'));
  }, 120_000);
});

it('fails a full run that has learned too little', async () => {
  const result = await run('--epochs', '1', '--batch', '250');
  expect(result.code).toBe(1);
  expect(result.stderr).toBe(
    'The accuracy with the warper is below 90.0 %, or less than 5.0 % above that without it.\n',
  );
}, 120_000);
