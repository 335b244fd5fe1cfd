import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import {
  answersTo,
  crossEntropy,
  loadDigits,
  type Options,
  reportClassifier,
  runExample,
  trainWithProgress,
} from '@sonnetjs/example-kit';
import { Classifier } from './model.ts';

async function main(options: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: options.seed });
  const digits = await loadDigits(options, backend);

  const classifier = new Classifier();
  // Each of these calls normalizes by its own batch, and moves the averages of all that was seen so far …
  const losses = await trainWithProgress(digits.train, options, ({ images, labels }) =>
    crossEntropy(classifier(images, { isTraining: true }), labels),
  );

  // … by which this one normalizes: what a digit is taken for does not depend on the digits beside it.
  const answers = await answersTo(digits.test, (images) => classifier(images, { isTraining: false }));
  const { variables } = classifier;
  return reportClassifier({ losses, test: digits.test, answers, variables, neededAccuracy: 0.97 }, options);
}

await runExample(
  {
    summary: 'Trains a network of convolutions with batch normalization on handwritten digits.',
    epochs: 10,
    batch: 64,
    out: new URL('../out', import.meta.url),
  },
  main,
);
