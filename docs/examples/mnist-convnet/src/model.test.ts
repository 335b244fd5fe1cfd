import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend, variableName } from '@sonnetjs/core';
import { answersTo, crossEntropy, type Digits, train } from '@sonnetjs/example-kit';
import { stripes } from '@sonnetjs/example-kit/testing';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Classifier } from './model.ts';

function teach(classifier: Classifier, digits: Digits, epochs: number): Promise<number[]> {
  return train(
    digits,
    { epochs, batch: 10, seed: 1 },
    ({ images, labels }) => crossEntropy(classifier(images, { isTraining: true }), labels),
    () => {},
  );
}

function answers(classifier: Classifier, digits: Digits): Promise<Int32Array> {
  return answersTo(digits, (images) => classifier(images, { isTraining: false }));
}

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('Classifier', () => {
  it('learns, and knows by its moving averages what it learned', async () => {
    const classifier = new Classifier();
    await teach(classifier, stripes(50), 20);
    expect(await answers(classifier, stripes(20))).toEqual(stripes(20).labels);
  }, 30_000);

  it('takes a digit for the same whatever is beside it, except in training', () => {
    const classifier = new Classifier();
    const pixels = tf.randomUniform([8, 28, 28], 0, 1, 'float32', 3);
    const first = (images: tf.Tensor, isTraining: boolean) => [
      ...tf.slice(classifier(images, { isTraining }), 0, 1).dataSync(),
    ];
    const alone = tf.slice(pixels, 0, 1);
    expect(first(pixels, true)).not.toEqual(first(alone, true));
    const [together, separately] = [first(pixels, false), first(alone, false)];
    for (const [i, logit] of together.entries()) expect(logit).toBeCloseTo(separately[i] as number, 4);
  });

  it('has no biases where batch normalization would take them away', () => {
    const classifier = new Classifier();
    classifier(tf.zeros([2, 28, 28]), { isTraining: true });
    const names = classifier.trainableVariables.map((variable) => variableName(variable).replace('classifier/', ''));
    expect(names).toEqual([
      ...[0, 1, 2].flatMap((i) => [`features/batch_norm_${i}/beta`, `features/batch_norm_${i}/gamma`]),
      ...[0, 1, 2].map((i) => `features/conv_2d_${i}/w`),
      'logits/b',
      'logits/w',
    ]);
  });

  it('leaves its variables and no other tensor behind when it is trained, and the next time none', async () => {
    const classifier = new Classifier();
    await expectNoLeak(() => teach(classifier, stripes(20), 2), { kept: 17 });
    expect(classifier.variables).toHaveLength(17);
    await expectNoLeak(() => teach(classifier, stripes(20), 2));
    await expectNoLeak(() => answers(classifier, stripes(20)));
  });
});
