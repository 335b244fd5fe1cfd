import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { wasm } from '@sonnetjs/backend-wasm';
import { RandomStream, resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { classify } from './classify.ts';
import { readDigits, splitDigits } from './data.ts';
import { drawLossCurve } from './loss-curve.ts';
import { makeClassifier } from './model.ts';
import { OptionError, type Options, parseOptions, usage } from './options.ts';
import { startProgress } from './progress.ts';
import { accuracy, confusionMatrix, formatConfusionMatrix, formatVariables, grouped, percent } from './report.ts';
import { train } from './train.ts';

const NEEDED_ACCURACY = 0.95;

async function main(options: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: options.seed });
  const digits = await readDigits();
  const split = splitDigits(digits, RandomStream.fromSeed(options.seed, 'split'), options.limit ?? undefined);
  print(
    `${grouped(split.train.count)} handwritten digits of MNIST to learn from, ${grouped(split.test.count)} others for ` +
      `the test; ${backend.name} backend, node ${process.versions.node}`,
  );

  // One module. It is connected to batches of the digits to learn from …
  const classifier = makeClassifier();
  const progress = startProgress({ epochs: options.epochs, imagesPerEpoch: split.train.count });
  const losses = await train(classifier, split.train, options, progress.update);
  print(`trained for ${progress.finish().toFixed(1)} s`, '');

  // … and to digits that it never saw. It makes no second set of variables: both connections share those listed below.
  const answers = await classify(classifier, split.test);

  const share = accuracy(split.test.labels, answers);
  print(`accuracy on ${grouped(split.test.count)} unseen digits: ${percent(share)}`, '');
  print(...formatVariables(classifier.variables), '');
  print('what it is (rows) and what the network took it for (columns)', '');
  print(...formatConfusionMatrix(confusionMatrix(split.test.labels, answers)), '');
  print(`loss curve: ${await saveLossCurve(options, losses)}`);

  if (options.limit !== null || share >= NEEDED_ACCURACY) return 0;
  printError(`The accuracy is below ${percent(NEEDED_ACCURACY)}.`);
  return 1;
}

/** Writes the picture; gives its path. */
async function saveLossCurve({ out, epochs }: Options, losses: readonly number[]): Promise<string> {
  const file = join(out, 'loss-curve.svg');
  await mkdir(out, { recursive: true });
  await writeFile(file, drawLossCurve({ title: 'Handwritten digits: cross entropy while training', losses, epochs }));
  return relative(process.cwd(), file);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) print(usage);
  else process.exitCode = await main(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  printError(`${error.message}\n--help lists the options.`);
  process.exitCode = 2;
}
