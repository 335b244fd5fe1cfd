import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossOf, meanSquaredError, varianceOf } from './error.ts';

const images = tf.tensor3d([0, 1, 2, 3], [1, 2, 2]);
const reconstructions = tf.tensor3d([0, 1, 2, 5], [1, 2, 2]);

describe('meanSquaredError', () => {
  it('is the mean over all pixels', () => {
    expect(meanSquaredError(reconstructions, images).dataSync()[0]).toBe(1);
  });
});

describe('varianceOf', () => {
  it('is the error of drawing the mean', () => {
    expect(varianceOf(Float32Array.of(0, 1, 2, 3))).toBe(1.25);
    expect(meanSquaredError(tf.fill([1, 2, 2], 1.5), images).dataSync()[0]).toBe(1.25);
  });
});

describe('lossOf', () => {
  it('is the share of the variance that is wrong, and the commitment loss', () => {
    const output = { reconstructions, commitmentLoss: tf.scalar(0.5), perplexity: tf.scalar(1) };
    expect(lossOf(output, images, 1.25).dataSync()[0]).toBeCloseTo(1 / 1.25 + 0.5, 6);
  });
});
