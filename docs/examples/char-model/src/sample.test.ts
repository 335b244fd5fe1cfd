import { RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { CharModel } from './model.ts';
import { choose, quote, writeText } from './sample.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('choose', () => {
  const logits = Float32Array.from([0.25, 0.5, 0.125, 0.125], Math.log);

  it('takes each place with its probability', () => {
    const draws = Array.from({ length: 1000 }, (_, i) => choose(logits, 1, (i + 0.5) / 1000));
    const counts = [0, 1, 2, 3].map((place) => draws.filter((drawn) => drawn === place).length);
    expect(counts).toEqual([250, 500, 125, 125]);
  });

  it('prefers what is likely at low temperatures, and nothing at high ones', () => {
    const share = (temperature: number) =>
      Array.from({ length: 1000 }, (_, i) => choose(logits, temperature, (i + 0.5) / 1000)).filter((p) => p === 1)
        .length;
    expect(share(0.01)).toBe(1000);
    expect(share(0.5)).toBeGreaterThan(700);
    expect(share(100)).toBeLessThan(260);
  });

  it('always takes one that is possible', () => {
    expect(choose(Float32Array.of(-1e30, 3, -1e30), 1, 1 - 2 ** -32)).toBe(1);
    expect(choose(Float32Array.of(1e30, 3), 0.01, 0)).toBe(0);
  });
});

describe('writeText', () => {
  const alphabet = ['x', 'y', 'z'];
  const prompt = Int32Array.of(0, 1, 2, 0);
  const write = (model: CharModel, seed: number) =>
    writeText(model, alphabet, { prompt, length: 40, temperature: 1, random: RandomStream.fromSeed(seed) });

  it('writes characters of the alphabet, others for another seed', async () => {
    const model = new CharModel({ symbols: 3, hidden: 4, layers: 2 });
    const text = await write(model, 1);
    expect(text).toMatch(/^[xyz]{40}$/);
    expect(await write(model, 1)).toBe(text);
    expect(await write(model, 2)).not.toBe(text);
  });

  it('leaves the variables and no other tensor behind', async () => {
    const model = new CharModel({ symbols: 3, hidden: 4, layers: 1 });
    // The variables of an LSTM and of a linear layer, and the constant with which the LSTM remembers more at first.
    await expectNoLeak(() => write(model, 1), { kept: 5 });
    await expectNoLeak(() => write(model, 1));
  });
});

describe('quote', () => {
  it('indents, and wraps between words', () => {
    expect(quote('Call me\n\nIshmael.\n')).toEqual(['    Call me', '', '    Ishmael.']);
    const lines = quote('word '.repeat(60));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/^ {4}(word ?)+$/);
    expect(quote('x'.repeat(200)).map(({ length }) => length)).toEqual([100, 100, 12]);
  });

  it('leaves out what a terminal obeys', () => {
    expect(quote('a\u001b[2Jb\tc')).toEqual(['    a\uFFFD[2Jb\uFFFDc']);
  });
});
