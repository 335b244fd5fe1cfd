import { minimize, RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import { crossEntropy } from '@sonnetjs/example-kit';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Reader } from './model.ts';
import { makeQuestions } from './questions.ts';

const cores = [
  ['relational memory', { slots: 2, heads: 2, headSize: 4 }],
  ['LSTM', { hidden: 16 }],
] as const;

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe.each(cores)('a reader with a %s', (_, size) => {
  it('answers every question with logits for every object', () => {
    const { sequences } = makeQuestions(RandomStream.fromSeed(1), 5, { objects: 3, dims: 2 });
    const reader = new Reader(size, 3);
    expect(reader(sequences).shape).toEqual([5, 3]);
  });

  it('learns a few answers by heart', () => {
    const { sequences, answers } = makeQuestions(RandomStream.fromSeed(1), 16, { objects: 3, dims: 2 });
    const reader = new Reader(size, 3);
    const optimizer = tf.train.adam(0.02);
    for (let i = 0; i < 60; i++) minimize(optimizer, () => crossEntropy(reader(sequences), answers));
    expect(tf.argMax(reader(sequences), -1).dataSync()).toEqual(answers.dataSync());
  });

  it('leaves its variables and no other tensor behind when it is trained', () => {
    const { sequences, answers } = makeQuestions(RandomStream.fromSeed(1), 4, { objects: 3, dims: 2 });
    const reader = new Reader(size, 3);
    const optimizer = tf.train.sgd(0.01);
    const step = () => {
      minimize(optimizer, () => crossEntropy(reader(sequences), answers));
    };
    step();
    expectNoLeak(step);
  });
});
