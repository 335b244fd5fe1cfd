import { RandomStream } from '@sonnetjs/core';
import { grouped, percent, table } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Ponderer } from './model.ts';
import { makeParities } from './parity.ts';

/** How a network does on vectors of one difficulty. */
export interface Examination {
  /** How many entries of a vector are not zero. */
  readonly entries: number;
  /** The share of right answers. */
  readonly accuracy: number;
  /** Means over the vectors. */
  readonly steps: number;
  readonly ponderCost: number;
}

/** How many vectors there are of each difficulty. */
const COUNT = 1000;

/** Examines a network on vectors that it was not trained on, of each difficulty; the seed decides on the vectors. */
export function examine(ponderer: Ponderer, size: number, seed: number): Promise<Examination[]> {
  const random = RandomStream.fromSeed(seed, 'examination');
  const difficulties = Array.from({ length: size }, (_, i) => i + 1);
  return Promise.all(difficulties.map((entries) => examineOne(ponderer, random, size, entries)));
}

async function examineOne(
  ponderer: Ponderer,
  random: RandomStream,
  size: number,
  entries: number,
): Promise<Examination> {
  const means = tf.tidy(() => {
    const { vectors, answers } = makeParities(random, { count: COUNT, size, entries });
    const { logits, steps, ponderCost } = ponderer(vectors);
    const isRight = tf.cast(tf.equal(tf.cast(tf.greater(logits, 0), 'float32'), answers), 'float32');
    return tf.mean(tf.concat([isRight, steps, ponderCost], 1), 0);
  });
  const [accuracy = 0, steps = 0, ponderCost = 0] = await means.data();
  means.dispose();
  return { entries, accuracy, steps, ponderCost };
}

/** The mean over all difficulties. */
export function meanOf(examinations: readonly Examination[], of: 'accuracy' | 'steps' | 'ponderCost'): number {
  return examinations.reduce((sum, examination) => sum + examination[of], 0) / examinations.length;
}

/** What two networks come to, as lines of text: one that ponders, and one that does not. */
export function compare(pondering: readonly Examination[], single: readonly Examination[]): string[] {
  const row = (name: string, a: readonly Examination[], b: readonly Examination[]) => [
    name,
    meanOf(a, 'steps').toFixed(2),
    meanOf(a, 'ponderCost').toFixed(2),
    percent(meanOf(a, 'accuracy')),
    percent(meanOf(b, 'accuracy')),
  ];
  const rows = pondering.map((a, i) => row(String(a.entries), [a], single.slice(i, i + 1)));
  const header = ['entries', 'steps', 'ponder cost', 'accuracy', 'in one step'];
  return [
    `${grouped(COUNT)} new vectors of each difficulty`,
    '',
    ...table([header, ...rows, row('all', pondering, single)], [0]),
  ];
}

/** Whether the network took more steps for the harder half of the difficulties than for the easier one, in a sentence. */
export function verdictOn(pondering: readonly Examination[]): string {
  const half = Math.floor(pondering.length / 2);
  if (half === 0) return 'There is only one difficulty.';
  const easy = meanOf(pondering.slice(0, half), 'steps');
  const hard = meanOf(pondering.slice(-half), 'steps');
  const figures = `${hard.toFixed(2)} steps for the harder half, ${easy.toFixed(2)} for the easier one`;
  return hard > easy
    ? `It pondered longer over harder vectors: ${figures}.`
    : `It did not ponder longer over harder vectors: ${figures}.`;
}
