import type { RandomStream } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** How many objects there are, and of how many numbers each one is made. */
export interface World {
  readonly objects: number;
  readonly dims: number;
}

/** Questions and their answers; who asks for them disposes them. */
export interface Questions {
  /**
   * float32 [objects, count, dims + 3 * objects], an object in each step: its vector, its label, and the question, which is
   * the label of the object from which distances are measured and the rank. Label and rank as ones among zeros.
   */
  readonly sequences: tf.Tensor;
  /** int32 [count]: the labels that are right. */
  readonly answers: tf.Tensor;
}

/**
 * "Which object is the n-th farthest from object m?", with vectors between -1 and 1, in random order. The distance of an
 * object from itself is 0, so for the last rank the answer is m.
 *
 * @param onlyRank The rank that is asked for: 0 for the farthest. Default: any, for each question anew.
 */
export function makeQuestions(random: RandomStream, count: number, world: World, onlyRank?: number): Questions {
  const { objects, dims } = world;
  const size = dims + 3 * objects;
  const sequences = new Float32Array(objects * count * size);
  const answers = new Int32Array(count);
  const numbers = random.bits(count * objects * dims);
  const choices = random.bits(count * 2);
  for (let row = 0; row < count; row++) {
    const start = row * objects * dims;
    // By label: the vectors of the objects.
    const vectors = Array.from({ length: objects }, (_, label) =>
      numbers.subarray(start + label * dims, start + (label + 1) * dims),
    ).map((words) => Array.from(words, (word) => word / 2 ** 31 - 1));
    const from = (choices[row * 2] as number) % objects;
    const rank = onlyRank ?? (choices[row * 2 + 1] as number) % objects;
    answers[row] = byDistance(vectors, from)[rank] as number;
    for (const [step, label] of random.permutation(objects).entries()) {
      const at = (step * count + row) * size;
      sequences.set(vectors[label] as number[], at);
      for (const [place, index] of [label, from, rank].entries()) sequences[at + dims + place * objects + index] = 1;
    }
  }
  return { sequences: tf.tensor3d(sequences, [objects, count, size]), answers: tf.tensor1d(answers, 'int32') };
}

/** The labels of all objects, the farthest from one of them first. */
function byDistance(vectors: readonly (readonly number[])[], from: number): number[] {
  const origin = vectors[from] as readonly number[];
  const distances = vectors.map((vector) =>
    vector.reduce((sum, value, dim) => sum + (value - (origin[dim] as number)) ** 2, 0),
  );
  const labels = vectors.map((_, label) => label);
  return labels.sort((a, b) => (distances[b] as number) - (distances[a] as number));
}

/**
 * The share of right answers of who knows the question but has not looked at the vectors, for each rank: m itself is right
 * for the last one, and any other object is as good as the next for the other ranks.
 */
export function blindAccuracies({ objects }: World): number[] {
  return Array.from({ length: objects }, (_, rank) => (rank === objects - 1 ? 1 : 1 / (objects - 1)));
}
