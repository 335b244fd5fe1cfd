import { resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { bitsOf } from './bits.ts';
import { makeCorpus } from './corpus.ts';
import { readOn } from './memory.ts';
import { CharModel, type MemoryLike } from './model.ts';
import { Rows } from './rows.ts';
import { Trainer } from './trainer.ts';

const corpus = makeCorpus('to be or not to be, that is the question: '.repeat(50), 300);
const reading = { batch: 4, unroll: 6 };

function makeTrainer(text: Int32Array = corpus.train): Trainer {
  resetDefaultGraph({ seed: 1 });
  const model = new CharModel({ symbols: corpus.alphabet.length, hidden: 12, layers: 2 });
  return new Trainer(model, text, reading);
}

function valuesOf(memory: MemoryLike): number[] {
  return memory.flatMap((state) => [...(state as readonly tf.Tensor[])].flatMap((tensor) => [...tensor.dataSync()]));
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('Trainer', () => {
  it('teaches', async () => {
    const trainer = makeTrainer();
    const before = await bitsOf(trainer.model, corpus.test);
    expect(before).toBeGreaterThan(0.9 * Math.log2(corpus.alphabet.length));
    for (let step = 0; step < 200; step++) await trainer.advance(step / 200);
    expect(trainer.losses[0]).toBeCloseTo(before, 0);
    expect(trainer.losses.at(-1)).toBeLessThan(0.5);
    expect(await bitsOf(trainer.model, corpus.test)).toBeLessThan(before - 1);
    trainer.dispose();
  });

  it('carries on what the network remembers, and reads on where it was', async () => {
    const trainer = makeTrainer();
    const rows = new Rows(corpus.train, reading.batch);
    for (const position of [0, 6]) {
      const before = trainer.place;
      expect(before.position).toBe(position);
      const copy = before.memory.map((state) => {
        const [hidden, cell] = state as readonly [tf.Tensor, tf.Tensor];
        return [tf.clone(hidden), tf.clone(cell)] as const;
      });
      const [, expected] = readOn(trainer.model, rows.piece(position, 6).inputs, copy, (logits) => tf.sum(logits));
      await trainer.advance(0);
      const found = valuesOf(trainer.place.memory);
      for (const [i, value] of valuesOf(expected).entries()) expect(found[i]).toBeCloseTo(value, 5);
      expect(Math.max(...found)).toBeGreaterThan(0);
    }
    trainer.dispose();
  });

  it('reads a text again from its beginning, and then remembers nothing', async () => {
    const trainer = makeTrainer(corpus.train.subarray(0, 33));
    expect((await trainer.advance(0)).characters).toBe(24);
    expect((await trainer.advance(0)).characters).toBe(8);
    expect(trainer.seen).toBe(32);
    const { place } = trainer;
    expect(place.position).toBe(8);
    expect((await trainer.advance(0)).characters).toBe(24);
    expect([trainer.place.position, trainer.seen, trainer.step]).toEqual([6, 56, 3]);
    trainer.dispose();
  });

  it('leaves no tensor behind', async () => {
    const trainer = makeTrainer();
    await trainer.advance(0);
    await expectNoLeak(async () => {
      for (let step = 0; step < 3; step++) await trainer.advance(0);
    });
    await expectNoLeak(() => bitsOf(trainer.model, corpus.test));
    trainer.dispose();
  });
});

describe('bitsOf', () => {
  it('is that of chance where a network knows nothing', async () => {
    const { model } = makeTrainer();
    for (const variable of model.variables) variable.assign(tf.zerosLike(variable));
    expect(await bitsOf(model, corpus.test)).toBeCloseTo(Math.log2(corpus.alphabet.length), 5);
  });

  it('reads as much of each row as it is told', async () => {
    const { model } = makeTrainer();
    const long = makeCorpus('some other text, and on it goes '.repeat(500), 300).test;
    const ids = long.ids.map((id) => id % corpus.alphabet.length);
    const [some, all] = [await bitsOf(model, { ...long, ids }, 1), await bitsOf(model, { ...long, ids })];
    expect(some).not.toBe(all);
    expect(await bitsOf(model, { ...long, ids }, 1000)).toBe(all);
  });
});
