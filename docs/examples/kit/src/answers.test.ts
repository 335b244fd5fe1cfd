import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { accuracy, answersTo, confusionMatrix, formatConfusionMatrix } from './answers.ts';
import { stripes } from './testing/stripes.ts';

const labels = Int32Array.of(0, 0, 1, 9);
const answers = Int32Array.of(0, 8, 1, 9);

describe('answersTo', () => {
  it('gives the digit with the highest logit for each image, and frees what it took', async () => {
    // The ink in each stripe.
    const logitsOf = (images: tf.Tensor) => tf.gather(tf.sum(images, 2), tf.range(2, 22, 2, 'int32'), 1);
    const digits = stripes(25);
    expect(await expectNoLeak(() => answersTo(digits, logitsOf))).toEqual(digits.labels);
  });
});

describe('accuracy', () => {
  it('is the share of right answers', () => {
    expect(accuracy(labels, answers)).toBe(0.75);
  });
});

describe('confusionMatrix', () => {
  it('counts the answers for each digit', () => {
    const counts = confusionMatrix(labels, answers);
    expect(counts[0]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(counts[9]?.[9]).toBe(1);
  });
});

describe('formatConfusionMatrix', () => {
  it('shows counts, dots for none, and the share of right answers', () => {
    const lines = formatConfusionMatrix(confusionMatrix(labels, answers));
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('   0  1  2  3  4  5  6  7  8  9    right');
    expect(lines[1]).toBe('0  1  ·  ·  ·  ·  ·  ·  ·  1  ·   50.0 %');
    expect(lines[3]).toBe('2  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·        -');
  });
});
