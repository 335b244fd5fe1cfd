import { wasm } from '@sonnetjs/backend-wasm';
import { RandomStream, resetDefaultGraph, useBackend } from '@sonnetjs/core';
import {
  drawLossCurve,
  percent,
  print,
  printError,
  runCommand,
  save,
  trainSteps,
  variablesTable,
} from '@sonnetjs/example-kit';
import type * as tf from '@tensorflow/tfjs-core';
import { compare, type Examination, examine, meanOf, verdictOn } from './examine.ts';
import { lossOf, Ponderer } from './model.ts';
import { makeParities } from './parity.ts';
import { commandLine, type Settings } from './settings.ts';

/** What a full run must reach. */
const NEEDED_ACCURACY = 0.9;

/** What a network has come to. */
interface Lesson {
  readonly losses: readonly number[];
  readonly examinations: readonly Examination[];
  readonly variables: readonly tf.Variable[];
}

/** Teaches a new network, in a new default graph: the same vectors and weights at the beginning for the same seed. */
async function teach(maxSteps: number, settings: Settings): Promise<Lesson> {
  const { steps, batch, size, hidden, ponderCost, seed } = settings;
  resetDefaultGraph({ seed });
  const ponderer = new Ponderer({ hidden, maxSteps });
  const random = RandomStream.fromSeed(seed, 'train');
  const losses = await trainSteps({ steps, batch, unit: 'vectors', rate: 2e-3 }, () => {
    const { vectors, answers } = makeParities(random, { count: batch, size });
    return lossOf(ponderer(vectors), answers, ponderCost);
  });
  return { losses, examinations: await examine(ponderer, size, seed), variables: ponderer.variables };
}

async function main(settings: Settings): Promise<number> {
  const { backend } = await useBackend(wasm());
  const { size, maxSteps, ponderCost, out } = settings;
  print(
    `parity of vectors with 1 to ${size} entries; a step costs ${ponderCost}; ` +
      `${backend.name} backend, node ${process.versions.node}`,
    '',
    'in one step, to compare with',
    '',
  );
  const single = await teach(1, settings);
  print(`pondering, up to ${maxSteps} steps`, '');
  const pondering = await teach(maxSteps, settings);

  print(...variablesTable(pondering.variables), '');
  print(...compare(pondering.examinations, single.examinations), '');
  print(verdictOn(pondering.examinations), '');
  print(`loss curve: ${await save(out, 'loss-curve.svg', drawLosses(pondering, single))}`);

  const accuracy = meanOf(pondering.examinations, 'accuracy');
  if (!settings.isFullRun || accuracy >= NEEDED_ACCURACY) return 0;
  printError(`The accuracy is below ${percent(NEEDED_ACCURACY)}.`);
  return 1;
}

/** The losses with pondering, and where those without have ended. */
function drawLosses(pondering: Lesson, single: Lesson): string {
  const last = single.losses.slice(-Math.ceil(single.losses.length / 20));
  return drawLossCurve({
    title: 'Parity: cross entropy and ponder cost while training',
    losses: pondering.losses,
    epochs: pondering.losses.length,
    labels: { x: 'step', y: 'loss' },
    levels: [{ label: 'in one step, at the end', loss: last.reduce((sum, loss) => sum + loss, 0) / last.length }],
  });
}

await runCommand(commandLine, main);
