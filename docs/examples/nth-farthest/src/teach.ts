import { RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import { crossEntropy, trainSteps } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import { type LstmSize, type MemorySize, Reader } from './model.ts';
import { makeQuestions } from './questions.ts';
import type { Settings } from './settings.ts';

/** What a reader has come to. */
export interface Lesson {
  /** The loss of each step of training. */
  readonly losses: readonly number[];
  /** The share of right answers to new questions for each rank: the farthest first, the object itself last. */
  readonly accuracies: readonly number[];
  readonly variables: readonly tf.Variable[];
}

/** How many questions a reader is asked in the end. */
const ASKED = 4000;

/** Teaches a new reader, in a new default graph. For the same seed the questions are the same, whatever the core is. */
export async function teach(
  size: MemorySize | LstmSize,
  { steps, batch, world, seed }: Pick<Settings, 'steps' | 'batch' | 'world' | 'seed'>,
): Promise<Lesson> {
  resetDefaultGraph({ seed });
  const reader = new Reader(size, world.objects);
  const random = RandomStream.fromSeed(seed, 'train');
  const losses = await trainSteps({ steps, batch, unit: 'questions', rate: 2e-3 }, () => {
    const { sequences, answers } = makeQuestions(random, batch, world);
    return crossEntropy(reader(sequences), answers);
  });
  const questions = RandomStream.fromSeed(seed, 'test');
  const accuracies: number[] = [];
  for (let rank = 0; rank < world.objects; rank++) accuracies.push(await accuracyOf(reader, questions, world, rank));
  return { losses, accuracies, variables: reader.variables };
}

async function accuracyOf(
  reader: Reader,
  random: RandomStream,
  world: Settings['world'],
  rank: number,
): Promise<number> {
  const share = tf.tidy(() => {
    const { sequences, answers } = makeQuestions(random, Math.ceil(ASKED / world.objects), world, rank);
    return tf.mean(tf.cast(tf.equal(tf.argMax(reader(sequences), -1), answers), 'float32'));
  });
  const [accuracy = Number.NaN] = await share.data();
  share.dispose();
  return accuracy;
}

/** The mean over all ranks, which are equally frequent. */
export function meanAccuracy({ accuracies }: Lesson): number {
  return accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
}
