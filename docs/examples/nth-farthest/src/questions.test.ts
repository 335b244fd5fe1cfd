import { RandomStream } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { blindAccuracies, makeQuestions, type World } from './questions.ts';

interface Question {
  /** By label. */
  readonly vectors: ReadonlyMap<number, readonly number[]>;
  readonly order: readonly number[];
  readonly from: number;
  readonly rank: number;
  readonly answer: number;
}

/** Questions as they are written in the tensors. */
function ask(seed: number, count: number, world: World, onlyRank?: number): Question[] {
  const { objects, dims } = world;
  const { sequences, answers } = makeQuestions(RandomStream.fromSeed(seed), count, world, onlyRank);
  const steps = sequences.arraySync() as number[][][];
  const labels = [...answers.dataSync()];
  return labels.map((answer, row) => {
    const rows = steps.map((step) => step[row] ?? []);
    const place = (numbers: readonly number[], i: number) =>
      numbers.slice(dims + i * objects, dims + (i + 1) * objects).indexOf(1);
    const [first = []] = rows;
    for (const numbers of rows) {
      expect(numbers).toHaveLength(dims + 3 * objects);
      expect(numbers.slice(dims).filter((value) => value !== 0)).toEqual([1, 1, 1]);
      expect([place(numbers, 1), place(numbers, 2)]).toEqual([place(first, 1), place(first, 2)]);
    }
    const order = rows.map((numbers) => place(numbers, 0));
    const vectors = new Map(rows.map((numbers, step) => [order[step] ?? -1, numbers.slice(0, dims)]));
    return { vectors, order, from: place(first, 1), rank: place(first, 2), answer };
  });
}

function distance(a: readonly number[] = [], b: readonly number[] = []): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
}

describe('makeQuestions', () => {
  const world = { objects: 4, dims: 3 };
  const questions = ask(1, 300, world);

  it('shows every object once, in random order, and the question with each', () => {
    for (const { order } of questions) expect(order.toSorted()).toEqual([0, 1, 2, 3]);
    expect(new Set(questions.map(({ order }) => order.join(''))).size).toBe(24);
    expect(new Set(questions.map(({ from, rank }) => `${from} ${rank}`)).size).toBe(16);
  });

  it('makes vectors between -1 and 1', () => {
    const values = questions.flatMap(({ vectors }) => [...vectors.values()].flat());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.min(...values)).toBeLessThan(-0.9);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.max(...values)).toBeGreaterThan(0.9);
  });

  it('answers with the object that has as many farther ones as the rank says', () => {
    for (const { vectors, from, rank, answer } of questions) {
      const far = (label: number) => distance(vectors.get(label), vectors.get(from));
      const farther = [...vectors.keys()].filter((label) => far(label) > far(answer));
      expect(farther).toHaveLength(rank);
      if (rank === 3) expect(answer).toBe(from);
    }
  });

  it('asks for one rank when it is told to', () => {
    expect(new Set(ask(1, 50, world, 2).map(({ rank }) => rank))).toEqual(new Set([2]));
  });

  it('is decided by the seed', () => {
    expect(ask(2, 10, world)).toEqual(ask(2, 10, world));
    expect(ask(2, 10, world)).not.toEqual(ask(3, 10, world));
  });
});

describe('blindAccuracies', () => {
  it('is what the best answer to the question alone achieves', () => {
    const world = { objects: 4, dims: 1 };
    const blind = (from: number, rank: number) => (rank === 3 ? from : (from + 1) % 4);
    for (const [rank, expected] of blindAccuracies(world).entries()) {
      const questions = ask(5, 3000, world, rank);
      const right = questions.filter((question) => blind(question.from, rank) === question.answer);
      expect(Math.abs(right.length / 3000 - expected)).toBeLessThan(0.03);
    }
  });
});
