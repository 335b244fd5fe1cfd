import { minimize } from '@sonnetjs/core';
import { crossEntropy } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import { toBits } from './bits.ts';
import { ClippingAdam } from './clipping-adam.ts';
import { disposeMemory, keepMemory } from './memory.ts';
import type { CharModel, Memory, MemoryLike } from './model.ts';
import { Rows } from './rows.ts';

/** How a text is read while learning. */
export interface Reading {
  readonly batch: number;
  readonly unroll: number;
}

/** Where training is, besides variables and optimizer. Checkpoints have it. */
export interface Place {
  /** How many characters of each row have been read since its beginning. */
  readonly position: number;
  readonly memory: MemoryLike;
  /** The bits per character of each step. */
  readonly losses: Float64Array;
}

const RATE = { first: 1.5e-2, last: 5e-4 };
const MAX_NORM = 1;

/**
 * Teaches a network: reads a text in rows side by side, a few characters of each row a step. Gradients go back over these
 * characters only, but what the network remembers is carried on from step to step.
 */
export class Trainer {
  readonly model: CharModel;
  readonly optimizer: ClippingAdam = new ClippingAdam(MAX_NORM);
  readonly #rows: Rows;
  readonly #unroll: number;
  #position = 0;
  #memory: MemoryLike;
  #losses: number[] = [];

  constructor(model: CharModel, text: Int32Array, { batch, unroll }: Reading) {
    this.model = model;
    this.#rows = new Rows(text, batch);
    this.#unroll = unroll;
    this.#memory = model.emptyMemory(batch);
    // The variables must exist before a checkpoint can be restored.
    tf.tidy(() => {
      model(this.#rows.piece(0, 1).inputs, this.#memory);
    });
  }

  /** How many steps there were. */
  get step(): number {
    return this.#losses.length;
  }

  /** The bits per character of each step. */
  get losses(): readonly number[] {
    return this.#losses;
  }

  /** How many characters have been read. */
  get seen(): number {
    const { length, count } = this.#rows;
    const perPass = Math.ceil(length / this.#unroll);
    const passes = Math.floor((this.step - Math.ceil(this.#position / this.#unroll)) / perPass);
    return (passes * length + this.#position) * count;
  }

  /**
   * Makes a step.
   *
   * @param share How much of the training is done: the rate falls with it, from 0 to 1.
   * @returns Bits per character, and how many characters were read.
   */
  async advance(share: number): Promise<{ readonly bits: number; readonly characters: number }> {
    if (this.#position >= this.#rows.length) this.#goTo(0, this.model.emptyMemory(this.#rows.count));
    const { inputs, targets } = this.#rows.piece(this.#position, this.#unroll);
    this.optimizer.rate = RATE.first + share * (RATE.last - RATE.first);
    let next: Memory = [];
    const lossOf = () => {
      const [logits, memory] = this.model(inputs, this.#memory);
      next = keepMemory(memory);
      return crossEntropy(logits, targets);
    };
    const cost = minimize(this.optimizer, lossOf, { returnCost: true });
    const [nats = Number.NaN] = await cost.data();
    this.#goTo(this.#position + (inputs.shape[0] as number), next);
    const bits = toBits(nats);
    this.#losses.push(bits);
    tf.dispose([inputs, targets, cost]);
    return { bits, characters: targets.size };
  }

  /** Where training is. Its tensors belong to the trainer. */
  get place(): Place {
    return { position: this.#position, memory: this.#memory, losses: Float64Array.from(this.#losses) };
  }

  /** Goes on where training was. The tensors then belong to the trainer. */
  set place({ position, memory, losses }: Place) {
    this.#goTo(position, memory);
    this.#losses = [...losses];
  }

  dispose(): void {
    disposeMemory(this.#memory);
    this.optimizer.dispose();
  }

  #goTo(position: number, memory: MemoryLike): void {
    disposeMemory(this.#memory);
    this.#position = position;
    this.#memory = memory;
  }
}
