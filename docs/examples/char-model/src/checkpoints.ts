import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { getSaver, latestCheckpoint, readCheckpoint, type Saver } from '@sonnetjs/checkpoint';
import { nest } from '@sonnetjs/core';
import { OptionError } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Settings } from './settings.ts';
import type { Place, Trainer } from './trainer.ts';

/** A measurement on the validation part. */
export interface Validation {
  /** After how many steps. */
  readonly at: number;
  /** Bits per character. */
  readonly loss: number;
}

/** What a run knows besides the trainer. */
export interface History {
  readonly validation: readonly Validation[];
  /** How long training took so far. */
  readonly seconds: number;
}

/** What must be the same for a run to go on. */
interface Identity {
  readonly text: string;
  readonly hidden: number;
  readonly layers: number;
  readonly batch: number;
  readonly unroll: number;
  readonly seed: number;
}

interface Extra {
  readonly identity: Identity;
  readonly place: Place;
  readonly history: History;
}

/**
 * Checkpoints of a run, in a folder. They have all that a run needs to go on as if it had not been interrupted: the
 * variables, the optimizer, the seed and the random counters, where it is in the text, and what it remembers of it.
 */
export class Checkpoints {
  readonly #name: string;
  readonly #identity: Identity;
  readonly #trainer: Trainer;
  readonly #saver: Saver;

  constructor(folder: string, text: string, { hidden, layers, batch, unroll, seed }: Settings, trainer: Trainer) {
    this.#name = join(folder, 'char-model');
    this.#identity = { text: createHash('sha256').update(text).digest('hex'), hidden, layers, batch, unroll, seed };
    this.#trainer = trainer;
    this.#saver = getSaver(trainer.model, { optimizer: trainer.optimizer, maxToKeep: 2 });
  }

  async save(history: History): Promise<void> {
    const extra: Extra = { identity: this.#identity, place: this.#trainer.place, history };
    await this.#saver.save(this.#name, { step: this.#trainer.step, extra });
  }

  /**
   * Brings the trainer to where the latest checkpoint was made.
   *
   * @returns What the run knew then; null when there is no checkpoint.
   * @throws OptionError when it is of a run with another text or other options.
   * @throws CheckpointError when it is damaged.
   */
  async resume(): Promise<History | null> {
    const path = await latestCheckpoint(this.#name);
    if (path === null) return null;
    const checkpoint = await readCheckpoint(path);
    // A saver of no variables: the run may have had others.
    const nothing = getSaver('', { collections: [] });
    const found = (await nothing.restore(checkpoint, { allowUnexpected: true, randomState: false })).extra as Extra;
    tf.dispose(nest.flatten(found.place.memory) as tf.Tensor[]);
    checkIdentity(path, this.#identity, found.identity);
    const { place, history } = (await this.#saver.restore(checkpoint)).extra as Extra;
    this.#trainer.place = place;
    return history;
  }
}

/** @throws OptionError when something differs. */
function checkIdentity(path: string, here: Identity, there: Identity): void {
  const keys = Object.keys(here) as (keyof Identity)[];
  const differences = keys
    .filter((key) => here[key] !== there[key])
    .map((key) => (key === 'text' ? 'another text' : `--${key} ${there[key]} in place of ${here[key]}`));
  if (differences.length === 0) return;
  throw new OptionError(
    `--save: the checkpoint "${path}" is of a run with ${differences.join(', ')}. Give the same text and options to go ` +
      'on with it, or another folder to begin anew.',
  );
}
