import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';

describe('crossEntropy', () => {
  it('is the mean of minus the logarithm of the probability of the right answer', () => {
    const odds = Array.from({ length: 10 }, (_, digit) => (digit === 3 ? Math.log(11) : 0));
    // The right answers have the probabilities 11/20 and 1/20.
    const loss = crossEntropy(tf.tensor2d([odds, odds]), tf.tensor1d([3, 4], 'int32'));
    expect(loss.shape).toEqual([]);
    expect(loss.dataSync()[0]).toBeCloseTo(-(Math.log(11 / 20) + Math.log(1 / 20)) / 2, 5);
  });
});
