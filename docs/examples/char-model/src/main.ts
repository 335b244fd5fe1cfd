import { wasm } from '@sonnetjs/backend-wasm';
import { RandomStream, resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { grouped, print, printError, runCommand, variablesTable } from '@sonnetjs/example-kit';
import { bitsOf } from './bits.ts';
import { readBook } from './book.ts';
import { Checkpoints, type History } from './checkpoints.ts';
import { type Corpus, makeCorpus } from './corpus.ts';
import { CharModel } from './model.ts';
import { makeNGrams } from './n-grams.ts';
import { compare, saveLosses } from './report.ts';
import { quote, writeText } from './sample.ts';
import { commandLine, type Settings } from './settings.ts';
import { promptOf, teach } from './teach.ts';
import { Trainer } from './trainer.ts';

async function main(settings: Settings): Promise<number> {
  const book = await readBook(settings.text);
  const corpus = makeCorpus(book.text, settings.batch * settings.unroll + 1);
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: settings.seed });
  const model = new CharModel({ ...settings, symbols: corpus.alphabet.length });
  const trainer = new Trainer(model, corpus.train, settings);
  const checkpoints = settings.save === null ? null : new Checkpoints(settings.save, book.text, settings, trainer);
  const earlier = await checkpoints?.resume();

  print(
    `${book.title}: ${grouped(corpus.train.length)} characters to learn from, ${grouped(corpus.validation.count)} for ` +
      `validation, ${grouped(corpus.test.count)} for the test; an alphabet of ${corpus.alphabet.length}; ` +
      `${backend.name} backend, node ${process.versions.node}`,
    '',
    ...variablesTable(model.variables),
    '',
  );
  if (earlier) print(`goes on from step ${trainer.step}, ${settings.save}`, '');

  const history = await teach(trainer, corpus, settings, checkpoints, earlier ?? { validation: [], seconds: 0 });
  print(`trained for ${history.seconds.toFixed(1)} s`, '');
  return report(trainer, corpus, settings, history);
}

async function report(trainer: Trainer, corpus: Corpus, settings: Settings, history: History): Promise<number> {
  const nGrams = makeNGrams(corpus);
  const { model } = trainer;
  const network = {
    validationBits: await bitsOf(model, corpus.validation),
    testBits: await bitsOf(model, corpus.test),
  };
  print(...compare(nGrams, network, { read: trainer.seen, all: corpus.train.length }), '');
  await saveLosses(trainer.losses, history.validation, nGrams, settings.out);
  const random = RandomStream.fromSeed(settings.seed, 'sample');
  const { sample: length, temperature } = settings;
  const sample = await writeText(model, corpus.alphabet, { prompt: promptOf(corpus), length, temperature, random });
  print('', `what it writes at temperature ${temperature}:`, '', ...quote(sample));

  const bigram = nGrams.find(({ name }) => name === 'bigram');
  if (!settings.isFullRun || network.testBits < (bigram?.testBits ?? 0)) return 0;
  printError('The network is not better than the bigrams.');
  return 1;
}

await runCommand(commandLine, main);
