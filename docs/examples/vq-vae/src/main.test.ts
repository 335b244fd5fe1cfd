import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { PNG } from 'pngjs';
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

  function printed(line: RegExp): number {
    return Number(line.exec(result.stdout)?.[1]);
  }

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^400 handwritten digits .*, 100 others for the test; wasm backend/);
  });

  it('prints a line for each epoch, with falling loss', () => {
    expect(result.losses).toHaveLength(4);
    expect(result.losses).toEqual(result.losses.toSorted((a, b) => b - a));
  });

  it('draws unseen digits far better than by drawing their mean, with several vectors', () => {
    const error = printed(/^reconstruction error on 100 unseen digits: ([\d.]+) % of their variance$/m);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(60);
    expect(printed(/^perplexity of the codebook: ([\d.]+) of 64$/m)).toBeGreaterThan(3);
  });

  it('lists the variables of encoder, codebook and decoder', () => {
    for (const name of ['encoder/conv_2d_0/w', 'quantizer/embedding', 'decoder/conv_2d_transpose_2/w']) {
      expect(result.stdout).toMatch(new RegExp(`^vq_vae/${name} .* float32 `, 'm'));
    }
  });

  it('writes the pictures and prints their paths', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(result.stdout).toMatch(/^digits and their reconstructions: OUT\/digits\.png$/m);
    const { width, height } = PNG.sync.read(Buffer.from(result.files.get('digits.png') ?? []));
    expect([width, height]).toEqual([994, 750]);
  });

  it('gives the same pictures for the same seed', async () => {
    const again = await run(...small);
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files.get('digits.png')).toEqual(result.files.get('digits.png'));
  }, 120_000);
});

it('fails a full run that has learned too little', async () => {
  const result = await run('--epochs', '1', '--batch', '250');
  expect(result.code).toBe(1);
  expect(result.stderr).toBe('The error is above 10.0 %, or the perplexity below 12.\n');
}, 120_000);
