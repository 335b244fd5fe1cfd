import { crossEntropy } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import { MEASURED_ROWS, type Part } from './corpus.ts';
import { disposeMemory, readOn } from './memory.ts';
import type { CharModel } from './model.ts';
import { Rows } from './rows.ts';

/** How many characters of each row are read at a time. */
const STEPS = 16;

/**
 * How many bits a character of a part of the text takes with a network: the mean of `-log2(probability)`.
 *
 * The part is read in 64 rows, and at the beginning of each the network remembers nothing.
 *
 * @param limit At most so many characters of each row are read. Default: all, so that each character of the part is
 *   predicted once.
 */
export async function bitsOf(
  model: CharModel,
  { ids }: Part,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  const rows = new Rows(ids, MEASURED_ROWS);
  const length = Math.min(rows.length, limit);
  let memory = model.emptyMemory(rows.count);
  let sum = 0;
  for (let position = 0; position < length; position += STEPS) {
    const steps = Math.min(STEPS, length - position);
    const { inputs, targets } = rows.piece(position, steps);
    const [cost, next] = readOn(model, inputs, memory, (logits) => crossEntropy(logits, targets));
    memory = next;
    sum += (await nats(cost)) * steps;
    tf.dispose([inputs, targets]);
  }
  disposeMemory(memory);
  return toBits(sum / length);
}

export function toBits(nats: number): number {
  return nats / Math.LN2;
}

async function nats(cost: tf.Tensor): Promise<number> {
  const [value = Number.NaN] = await cost.data();
  cost.dispose();
  return value;
}
