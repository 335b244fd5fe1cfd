import { nest, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** How many steps each row of a batch has: an array of integers, or a tensor, which is read back. */
export type SequenceLength = Iterable<number> | tf.Tensor;

/** The lengths of the rows of a batch of sequences. */
export class SequenceLengths {
  readonly #lengths: readonly number[];
  /** The length of the shortest row. */
  readonly min: number;
  /** The length of the longest row. */
  readonly max: number;

  /**
   * @throws ValueError when they are no list of numbers, when there is not one a row, or when one is not an integer between 0
   *   and the number of steps.
   */
  constructor(given: SequenceLength, { batchSize, steps }: { batchSize: number; steps: number }, where: string) {
    const lengths = readLengths(given, where);
    if (lengths.length !== batchSize || (given instanceof tf.Tensor && given.rank !== 1)) {
      const shape = given instanceof tf.Tensor ? given.shape : [lengths.length];
      throw new ValueError(
        `${where}: sequenceLength must have one length for each of the ${batchSize} rows of the batch, a shape of ` +
          `[${batchSize}]; got [${shape.join(', ')}].`,
      );
    }
    const wrong = lengths.findIndex((length) => !Number.isSafeInteger(length) || length < 0 || length > steps);
    if (wrong >= 0) {
      throw new ValueError(
        `${where}: every sequenceLength must be an integer between 0 and ${steps}, the number of steps; ` +
          `got ${lengths[wrong]} for row ${wrong}.`,
      );
    }
    this.#lengths = lengths;
    this.min = lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    this.max = lengths.reduce((a, b) => Math.max(a, b), 0);
  }

  /** The state after a step: of rows that have ended, the one before it. A scalar in it goes on in any case. */
  hold<State>(step: number, previous: State, next: State): State {
    if (step < this.min) return next;
    const masks = new Map<string, tf.Tensor>();
    const choose = (after: tf.Tensor, before: tf.Tensor): tf.Tensor => {
      if (after.rank === 0) return after;
      const key = after.shape.join();
      const mask = masks.get(key) ?? tf.tensor(this.#mask(step, 1, after.shape), after.shape, 'bool');
      masks.set(key, mask);
      return tf.where(mask, after, before);
    };
    return nest.map(choose as (...leaves: unknown[]) => tf.Tensor, next, previous) as State;
  }

  /** The output of one step, [batch, …], with zeros for rows that have ended. */
  clearStep<Output>(step: number, output: Output): Output {
    if (step < this.min) return output;
    const clear = (leaf: tf.Tensor): tf.Tensor =>
      tf.where(tf.tensor(this.#mask(step, 1, leaf.shape), leaf.shape, 'bool'), leaf, tf.zerosLike(leaf));
    return nest.map(clear as (leaf: unknown) => tf.Tensor, output) as Output;
  }

  /** The outputs of the first steps, [count, batch, …], with zeros for rows that have ended. */
  clear<Output>(outputs: Output): Output {
    const clear = (leaf: tf.Tensor): tf.Tensor => {
      const [count = 0, ...shape] = leaf.shape;
      if (count <= this.min) return leaf;
      return tf.where(tf.tensor(this.#mask(0, count, shape), leaf.shape, 'bool'), leaf, tf.zerosLike(leaf));
    };
    return nest.map(clear as (leaf: unknown) => tf.Tensor, outputs) as Output;
  }

  /** Whether rows go on at some steps, for each element of tensors of a shape [batch, …]. */
  #mask(first: number, count: number, shape: readonly number[]): Uint8Array {
    const rows = this.#lengths.length;
    const width = tf.util.sizeFromShape(shape.slice(1));
    const mask = new Uint8Array(count * rows * width);
    this.#lengths.forEach((length, row) => {
      for (let step = first; step < Math.min(length, first + count); step++) {
        const start = ((step - first) * rows + row) * width;
        mask.fill(1, start, start + width);
      }
    });
    return mask;
  }
}

function readLengths(given: unknown, where: string): number[] {
  if (given instanceof tf.Tensor) return [...given.dataSync()];
  if (typeof given !== 'string' && typeof Object(given)[Symbol.iterator] === 'function') {
    return [...(given as Iterable<number>)];
  }
  throw new ValueError(
    `${where}: sequenceLength must be an array with the number of steps of each row, or such a tensor; got ${String(given)}.`,
  );
}
