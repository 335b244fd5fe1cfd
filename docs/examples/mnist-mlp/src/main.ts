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
import { makeClassifier } from './model.ts';

async function main(options: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: options.seed });
  const digits = await loadDigits(options, backend);

  // One module. It is connected to batches of the digits to learn from …
  const classifier = makeClassifier();
  const losses = await trainWithProgress(digits.train, options, ({ images, labels }) =>
    crossEntropy(classifier(images), labels),
  );

  // … and to digits that it never saw. It makes no second set of variables: both connections share those that the report lists.
  const answers = await answersTo(digits.test, classifier);
  const { variables } = classifier;
  return reportClassifier({ losses, test: digits.test, answers, variables, neededAccuracy: 0.95 }, options);
}

await runExample(
  {
    summary: 'Trains a small network on handwritten digits.',
    epochs: 12,
    batch: 64,
    out: new URL('../out', import.meta.url),
  },
  main,
);
