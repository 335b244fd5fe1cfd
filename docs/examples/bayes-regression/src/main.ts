import { wasm } from '@sonnetjs/backend-wasm';
import { RandomStream, useBackend } from '@sonnetjs/core';
import { print, printError, runCommand, save, table, variablesTable } from '@sonnetjs/example-kit';
import { readCars, splitCars } from './cars.ts';
import { type Forecast, type Score, score, summarize } from './forecast.ts';
import { type Learned, learn } from './learn.ts';
import { leastSquares } from './least-squares.ts';
import { commandLine, type Options } from './options.ts';
import { drawPrediction, HORSEPOWERS } from './picture.ts';

/** How many networks are drawn to make one prediction. */
const NETWORKS = 200;

async function main({ steps, seed, out }: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  const { train, test } = splitCars(await readCars(), RandomStream.fromSeed(seed, 'split'));
  const [numTrain, numTest] = [train.horsepower.length, test.horsepower.length];
  print(
    `${numTrain} cars to learn from, ${numTest} others for the test; ${backend.name} backend, node ${process.versions.node}`,
    '',
  );

  print('an ordinary network', '');
  const ordinary = await learn(train, { steps, seed, bayes: false });
  const scoreOf = (forecasts: readonly Forecast[]) => score(forecasts, test.milesPerGallon);
  const ofOrdinary = scoreOf([await ordinary.forecast(test.horsepower)]);

  print('the same network, with distributions in the place of weights', '');
  const bayes = await learn(train, { steps, seed, bayes: true });
  const ofBayes = scoreOf(await drawForecasts(bayes, test.horsepower));

  const line = leastSquares(train);
  const ofLine = scoreOf([line(test.horsepower)]);
  print(
    ...comparison(numTest, {
      'least squares line': ofLine,
      'ordinary network': ofOrdinary,
      'Bayes by Backprop': ofBayes,
    }),
  );
  print('', ...variablesTable(bayes.variables), '');

  const picture = drawPrediction({
    title: 'How far cars go: Bayes by Backprop',
    train,
    test,
    expected: summarize(await drawForecasts(bayes, HORSEPOWERS)),
    line: line(HORSEPOWERS),
  });
  print(`what is expected, and how sure that is: ${await save(out, 'prediction.svg', picture)}`);
  if (ofBayes.logLikelihood > ofLine.logLikelihood) return 0;
  printError('Bayes by Backprop is no better than a line: its likelihood of the test is lower.');
  return 1;
}

/** What networks expect whose weights are drawn from what was learned. */
async function drawForecasts(learned: Learned, horsepower: readonly number[]): Promise<Forecast[]> {
  const forecasts: Forecast[] = [];
  while (forecasts.length < NETWORKS) forecasts.push(await learned.forecast(horsepower));
  return forecasts;
}

function comparison(numTest: number, scores: Readonly<Record<string, Score>>): string[] {
  const rows = Object.entries(scores).map(([name, { error, logLikelihood }]) => [
    name,
    error.toFixed(2),
    logLikelihood.toFixed(3),
  ]);
  return table([[`on ${numTest} unseen cars`, 'error (mpg)', 'log-likelihood'], ...rows], [0]);
}

await runCommand(commandLine, main);
