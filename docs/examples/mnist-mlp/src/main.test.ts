import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run('--limit', '1000', '--epochs', '3', '--seed', '5');
  }, 60_000);

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
  });

  it('says what it learns from and what it is tested on', () => {
    expect(result.stdout).toMatch(
      /^800 handwritten digits of MNIST to learn from, 200 others for the test; wasm backend/,
    );
  });

  it('prints a line for each epoch, with falling loss', () => {
    expect(result.losses).toHaveLength(3);
    expect(result.losses).toEqual(result.losses.toSorted((a, b) => b - a));
  });

  it('recognizes far more digits than chance would', () => {
    const [, percentage] = /^accuracy on 200 unseen digits: ([\d.]+) %$/m.exec(result.stdout) ?? [];
    expect(Number(percentage)).toBeGreaterThan(60);
  });

  it('lists each variable once, although the network was connected to two sets of digits', () => {
    const rows = [...result.stdout.matchAll(/^(\w+\/[wb]) .* float32 +([\d,]+) +([\d,]+)$/gm)];
    expect(rows.map(([, name]) => name)).toEqual(
      ['hidden_1', 'hidden_2', 'logits'].flatMap((layer) => [`${layer}/b`, `${layer}/w`]),
    );
    expect(result.stdout).toMatch(/^total +118,282 +473,128$/m);
  });

  it('prints a confusion matrix of all test digits', () => {
    const rows = [...result.stdout.matchAll(/^(\d) (( +[\d·]+){10}) +[\d.]+ %$/gm)];
    expect(rows.map(([, digit]) => digit)).toEqual([...'0123456789']);
    const counts = rows.flatMap(([, , cells]) => cells?.trim().split(/ +/) ?? []).map((cell) => Number(cell) || 0);
    expect(counts).toHaveLength(100);
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
  });

  it('writes the loss curve and prints its path', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    expect(String(result.files.get('loss-curve.svg'))).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('gives the same network for the same seed', async () => {
    const again = await run('--limit', '1000', '--epochs', '3', '--seed', '5');
    expect(again.withoutTimes).toBe(result.withoutTimes);
  });
});

describe('the command line', () => {
  it.each([
    [['--epochs', 'many'], '--epochs must be an integer from 1 to 10000; got "many".'],
    [['--batch', '0'], '--batch must be an integer from 1 to 10000; got "0".'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j', async (args, message) => {
    const result = await run(...args);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(message);
  });

  it('fails a full run that has learned too little', async () => {
    const result = await run('--epochs', '1', '--batch', '4000');
    expect(result.code).toBe(1);
    expect(result.stderr).toBe('The accuracy is below 95.0 %.\n');
  });
});
