import { minimize, RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { lossOf, Ponderer } from './model.ts';
import { makeParities } from './parity.ts';

function numbersIn(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()];
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('Ponderer', () => {
  it('takes one step when it may take no more, and several when it may', () => {
    const vectors = tf.ones([3, 4]);
    const single = new Ponderer({ hidden: 8, maxSteps: 1 })(vectors);
    expect(numbersIn(single.steps)).toEqual([1, 1, 1]);
    expect(numbersIn(single.ponderCost)).toEqual([1, 1, 1]);
    const { logits, steps, ponderCost } = new Ponderer({ hidden: 8, maxSteps: 20 })(vectors);
    expect([logits.shape, steps.shape, ponderCost.shape]).toEqual([
      [3, 1],
      [3, 1],
      [3, 1],
    ]);
    expect(Math.min(...numbersIn(steps))).toBeGreaterThan(1);
    expect(Math.max(...numbersIn(tf.sub(ponderCost, steps)))).toBeLessThan(1);
  });

  it('learns the parity of two entries', () => {
    const ponderer = new Ponderer({ hidden: 16, maxSteps: 5 });
    const random = RandomStream.fromSeed(1);
    const { vectors, answers } = makeParities(random, { count: 64, size: 2 });
    const optimizer = tf.train.adam(0.02);
    for (let i = 0; i < 150; i++) minimize(optimizer, () => lossOf(ponderer(vectors), answers, 1e-3));
    const { logits } = ponderer(vectors);
    expect(numbersIn(logits).map((logit) => Number(logit > 0))).toEqual(numbersIn(answers));
  });

  it('leaves its eight variables and no other tensor behind when it is trained, and the next time none', () => {
    const ponderer = new Ponderer({ hidden: 4, maxSteps: 5 });
    const optimizer = tf.train.sgd(0.01);
    const random = RandomStream.fromSeed(1);
    const step = () => {
      minimize(optimizer, () => {
        const { vectors, answers } = makeParities(random, { count: 8, size: 3 });
        return lossOf(ponderer(vectors), answers, 1e-3);
      });
    };
    expectNoLeak(step, { kept: 8 });
    expectNoLeak(step);
  });
});

describe('lossOf', () => {
  it('is the cross entropy and the weighted ponder cost', () => {
    const logits = tf.tensor2d([[Math.log(3)], [Math.log(3)]]);
    const thought = { logits, steps: tf.ones([2, 1]), ponderCost: tf.tensor2d([[2], [4]]) };
    // The probabilities of the answers are 3/4 and 1/4.
    const crossEntropy = -(Math.log(3 / 4) + Math.log(1 / 4)) / 2;
    expect(lossOf(thought, tf.tensor2d([[1], [0]]), 0.1).dataSync()[0]).toBeCloseTo(crossEntropy + 0.3, 5);
  });

  it('stays finite where the network is sure', () => {
    const thought = { logits: tf.tensor2d([[500], [-500]]), steps: tf.ones([2, 1]), ponderCost: tf.ones([2, 1]) };
    expect(lossOf(thought, tf.tensor2d([[1], [1]]), 0).dataSync()[0]).toBeCloseTo(250, 3);
  });
});
