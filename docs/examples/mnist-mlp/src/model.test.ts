import { resetDefaultGraph } from '@sonnetjs/core';
import { answersTo, crossEntropy, type Digits, train } from '@sonnetjs/example-kit';
import { stripes } from '@sonnetjs/example-kit/testing';
import { expectNoLeak } from '@sonnetjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Classifier, makeClassifier } from './model.ts';

function teach(classifier: Classifier, digits: Digits, epochs: number): Promise<number[]> {
  const options = { epochs, batch: 8, seed: 1 };
  return train(
    digits,
    options,
    ({ images, labels }) => crossEntropy(classifier(images), labels),
    () => {},
  );
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('makeClassifier', () => {
  it('learns', async () => {
    const classifier = makeClassifier();
    await teach(classifier, stripes(40), 10);
    expect(await answersTo(stripes(20), classifier)).toEqual(stripes(20).labels);
  }, 30_000);

  it('leaves its six variables and no other tensor behind when it is trained, and the next time none', async () => {
    const classifier = makeClassifier();
    await expectNoLeak(() => teach(classifier, stripes(20), 3), { kept: 6 });
    await expectNoLeak(() => teach(classifier, stripes(20), 3));
    await expectNoLeak(() => answersTo(stripes(20), classifier));
  });
});
