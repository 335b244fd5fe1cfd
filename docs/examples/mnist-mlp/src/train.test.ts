import { resetDefaultGraph } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { type Digits, PIXELS } from './data.ts';
import { makeClassifier } from './model.ts';
import { type Step, train } from './train.ts';

/** Digits that are easy to tell apart: each one is a row of ink of its own. */
function rows(count: number): Digits {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  const pixels = new Float32Array(count * PIXELS);
  for (const [i, label] of labels.entries()) {
    pixels.fill(1, i * PIXELS + (2 + 2 * label) * 28 + 4, i * PIXELS + (2 + 2 * label) * 28 + 24);
  }
  return { count, pixels, labels };
}

const options = { epochs: 3, batch: 8, seed: 1 };

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('train', () => {
  it('reports each step, the smaller last one of an epoch included', async () => {
    const steps: Step[] = [];
    const losses = await train(makeClassifier(), rows(20), options, (step) => steps.push(step));
    expect(steps.map(({ epoch, images }) => [epoch, images])).toEqual(
      [1, 2, 3].flatMap((epoch) => [8, 8, 4].map((images) => [epoch, images])),
    );
    expect(losses).toEqual(steps.map(({ loss }) => loss));
  });

  it('learns', async () => {
    const classifier = makeClassifier();
    await train(classifier, rows(40), { ...options, epochs: 10 }, () => {});
    const test = rows(20);
    expect(await classify(classifier, test)).toEqual(test.labels);
  });

  it('leaves the six variables of the network and no other tensor behind, and the next run none', async () => {
    const classifier = makeClassifier();
    await expectNoLeak(() => train(classifier, rows(20), options, () => {}), { kept: 6 });
    await expectNoLeak(() => train(classifier, rows(20), options, () => {}));
    await expectNoLeak(() => classify(classifier, rows(20)));
  });
});
