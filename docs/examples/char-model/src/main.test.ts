import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramResult, runProgram } from '@sonnetjs/example-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(new URL('../dist/main.js', import.meta.url), args);
}

const small = ['--steps', '40', '--every', '20', '--hidden', '32', '--batch', '16', '--sample', '100', '--seed', '5'];

describe('a small run of the built example in plain node', () => {
  let result: ProgramResult;
  beforeAll(async () => {
    result = await run(...small);
  }, 120_000);

  it('succeeds', () => {
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
  });

  it('says what it learns from, and what is measured on', () => {
    expect(result.stdout).toMatch(
      /^Moby-Dick: 1,091,790 characters to learn from, 60,608 for validation, 60,608 for the test; an alphabet of 89; wasm/,
    );
  });

  it('lists the variables', () => {
    const names = [...result.stdout.matchAll(/^char_model\/(\S+) +\[/gm)].map(([, name]) => name);
    const lstms = ['lstm_1', 'lstm_2'].flatMap((name) => [`${name}/b_gates`, `${name}/w_gates`]);
    expect(names).toEqual(['logits/b', 'logits/w', ...lstms]);
  });

  it('looks at validation and shows a sample, again and again', () => {
    expect(result.stdout).toMatch(/^step 20\/40 {2}bits \d\.\d{3} {2}[\d,]+ characters\/s {2}\d+ s left$/m);
    const found = [
      ...result.stdout.matchAll(/^after (\d+) steps: (\d\.\d{3}) bits per character of validation\n {4}\S/gm),
    ];
    expect(found.map(([, steps]) => Number(steps))).toEqual([20, 40]);
    const [first, second] = found.map(([, , bits]) => Number(bits));
    expect(second).toBeLessThan(first ?? 0);
  });

  it('compares the network with n-grams', () => {
    const rows = [...result.stdout.matchAll(/^(unigram|bigram|trigram|LSTM) +(\d\.\d{3}) +(\d\.\d{3}) +([\d,]+)/gm)];
    expect(rows.map(([, name]) => name)).toEqual(['unigram', 'bigram', 'trigram', 'LSTM']);
    const test = rows.map(([, , bits]) => Number(bits));
    expect(test.slice(0, 3)).toEqual([4.423, 3.47, 2.831]);
    expect(test[3]).toBeLessThan(5);
    expect(rows.map(([, , , , read]) => read)).toEqual(['1,091,790', '1,091,790', '1,091,790', '10,240']);
  });

  it('writes the losses as a picture and as a table', () => {
    expect(result.stdout).toMatch(/^loss curve: OUT\/loss-curve\.svg$/m);
    const picture = String(result.files.get('loss-curve.svg'));
    for (const text of ['bits per character', 'validation', 'unigram', 'bigram', 'trigram']) {
      expect(picture).toContain(`>${text}</text>`);
    }
    const [header, ...rows] = String(result.files.get('losses.csv')).trimEnd().split('\n');
    expect(header).toBe('step,training,validation');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(rows.filter((row) => !row.endsWith(','))).toHaveLength(2);
  });

  it('writes in the end', () => {
    const [, sample = ''] = result.stdout.split('what it writes at temperature 0.7:\n');
    expect(sample.trim().length).toBeGreaterThan(50);
  });

  it('gives the same network for the same seed', async () => {
    const again = await run(...small);
    expect(again.withoutTimes).toBe(result.withoutTimes);
    expect(again.files.get('losses.csv')).toEqual(result.files.get('losses.csv'));
  }, 120_000);
});

describe('other texts', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'texts-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are learned, for as long as it is told', async () => {
    const text = join(folder, 'verse.txt');
    await writeFile(
      text,
      'Shall I compare thee to a summer’s day?\r\nThou art more lovely and more temperate.\r\n'.repeat(60),
    );
    const shape = ['--hidden', '16', '--layers', '1', '--batch', '4', '--every', '10', '--sample', '20'];
    const result = await run('--text', text, '--minutes', '0.02', ...shape);
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/verse\.txt: 4,\d{3} characters to learn from, 192 for validation, 192 for the test/);
    expect(result.stdout).toMatch(/^step 10 {2}bits /m);
    const [, seconds] = /^trained for ([\d.]+) s$/m.exec(result.stdout) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(1.2);
  });

  it.each([
    ['a missing one', 'missing.txt', null, 'missing.txt" cannot be read: there is no such file.'],
    ['a short one', 'short.txt', 'Call me Ishmael. '.repeat(10), 'it has 170 characters, and 1280 are needed'],
    ['bytes', 'bytes.bin', Uint8Array.of(0xff, 0xfe, 0x00), 'bytes.bin" is no text in UTF-8.'],
  ])('are refused: %s', async (_, name, content, message) => {
    const path = join(folder, name);
    if (content !== null) await writeFile(path, content);
    const result = await run('--text', path, '--batch', '4', '--unroll', '4');
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(message);
    expect(result.stderr).toMatch(/\n--help lists the options\.\n$/);
  });
});
