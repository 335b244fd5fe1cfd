import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nest, resetDefaultGraph } from '@sonnetjs/core';
import { OptionError } from '@sonnetjs/example-kit';
import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Checkpoints } from './checkpoints.ts';
import { makeCorpus } from './corpus.ts';
import { CharModel } from './model.ts';
import { commandLine, type Settings } from './settings.ts';
import { Trainer } from './trainer.ts';

const text = 'to be or not to be, that is the question: '.repeat(50);

function settingsOf(...args: string[]): Settings {
  const small = ['--hidden', '8', '--batch', '4', '--unroll', '5', '--steps', '8'];
  return commandLine.parse([...small, ...args]) as Settings;
}

/** A run that goes on from what there is in a folder. */
class Run {
  readonly trainer: Trainer;
  readonly checkpoints: Checkpoints;

  constructor(folder: string, settings: Settings, book: string = text) {
    resetDefaultGraph({ seed: settings.seed });
    const corpus = makeCorpus(book, 100);
    this.trainer = new Trainer(new CharModel({ ...settings, symbols: corpus.alphabet.length }), corpus.train, settings);
    this.checkpoints = new Checkpoints(folder, book, settings, this.trainer);
  }

  async train(until: number): Promise<void> {
    while (this.trainer.step < until) await this.trainer.advance(this.trainer.step / 8);
  }
}

describe('Checkpoints', () => {
  let folder = '';
  const history = { validation: [{ at: 3, loss: 2.5 }], seconds: 1.25 };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
    const run = new Run(folder, settingsOf());
    expect(await run.checkpoints.resume()).toBeNull();
    await run.train(3);
    await run.checkpoints.save(history);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('let a run go on as if it had not been interrupted', async () => {
    const whole = new Run(join(folder, 'other'), settingsOf());
    await whole.train(8);
    const resumed = new Run(folder, settingsOf());
    expect(await resumed.checkpoints.resume()).toEqual(history);
    expect(resumed.trainer.step).toBe(3);
    await resumed.train(8);
    expect(resumed.trainer.losses).toEqual(whole.trainer.losses);
    const hiddenState = ({ trainer }: Run) => (nest.flatten(trainer.place.memory) as tf.Tensor[])[0]?.data();
    expect(await hiddenState(resumed)).toEqual(await hiddenState(whole));
  });

  it('leave no tensor behind', async () => {
    const run = new Run(folder, settingsOf());
    await run.checkpoints.resume();
    await expectNoLeak(() => run.checkpoints.resume());
    await expectNoLeak(() => run.checkpoints.save(history));
  });

  it.each([
    [['--hidden', '9', '--seed', '4'], text, '--hidden 8 in place of 9, --seed 1 in place of 4.'],
    [['--layers', '3'], text, '--layers 2 in place of 3.'],
    [['--unroll', '7'], text, '--unroll 5 in place of 7.'],
    [[], `${text}?`, 'with another text.'],
  ])('refuse to go on with %j and the text …%j', async (args, book, message) => {
    const { checkpoints, trainer } = new Run(folder, settingsOf(...args), book);
    const resuming = expectNoLeak(() => checkpoints.resume().catch((error: unknown) => error));
    const error = (await resuming) as Error;
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toContain('char-model-3.safetensors" is of a run with ');
    expect(error.message).toContain(message);
    expect(trainer.step).toBe(0);
  });

  it('do not take a damaged file', async () => {
    const damaged = join(folder, 'damaged');
    const run = new Run(damaged, settingsOf());
    await run.train(1);
    await run.checkpoints.save(history);
    await writeFile(join(damaged, 'char-model-2.safetensors'), 'no checkpoint');
    await expect(run.checkpoints.resume()).rejects.toThrow(expect.objectContaining({ name: 'CheckpointError' }));
  });

  it('keep the last two', async () => {
    const several = join(folder, 'several');
    const run = new Run(several, settingsOf());
    for (const step of [1, 2, 3]) {
      await run.train(step);
      await run.checkpoints.save(history);
    }
    expect(await readdir(several)).toEqual(['char-model-2.safetensors', 'char-model-3.safetensors']);
  });
});
