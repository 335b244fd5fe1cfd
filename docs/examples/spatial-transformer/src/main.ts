import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import {
  drawLossCurve,
  drawPairs,
  grouped,
  loadDigits,
  type Options,
  percent,
  print,
  runExample,
  save,
  table,
  variablesTable,
  verdict,
} from '@sonnetjs/example-kit';
import { distortDigits } from './distort.ts';
import { type Lesson, teach } from './teach.ts';

/** What a full run must reach with the warper, and by how much the warper must be better. */
const NEEDED_ACCURACY = 0.9;
const NEEDED_LEAD = 0.05;

async function main(options: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: options.seed });
  const { train, test } = await loadDigits(options, backend);
  // Both readers are tested on the same distorted digits.
  const digits = { train, test: await distortDigits(test, options.seed) };

  print('', 'without the warper', '');
  const plain = await teach(false, digits, options);
  print('with the warper', '');
  const straightened = await teach(true, digits, options);

  print(...comparison(plain, straightened, test.count), '');
  print(...variablesTable(straightened.variables), '');
  print(`loss curve: ${await save(options.out, 'loss-curve.svg', drawLosses(plain, straightened, options.epochs))}`);
  const pairs = drawPairs(digits.test, straightened.seen);
  print(`digits before and after warping: ${await save(options.out, 'digits.png', pairs)}`);

  const lead = straightened.accuracy - plain.accuracy;
  const complaint =
    `The accuracy with the warper is below ${percent(NEEDED_ACCURACY)}, or less than ${percent(NEEDED_LEAD)} above ` +
    'that without it.';
  return verdict(options, straightened.accuracy >= NEEDED_ACCURACY && lead >= NEEDED_LEAD, complaint);
}

function comparison(plain: Lesson, straightened: Lesson, count: number): string[] {
  const row = (name: string, { accuracy, variables }: Lesson) => {
    const parameters = variables.reduce((sum, { size }) => sum + size, 0);
    return [name, percent(accuracy), grouped(parameters)];
  };
  const header = [`on ${grouped(count)} unseen digits, distorted`, 'accuracy', 'parameters'];
  return table([header, row('without the warper', plain), row('with the warper', straightened)], [0]);
}

/** The losses with the warper, and where those without it have ended. */
function drawLosses(plain: Lesson, straightened: Lesson, epochs: number): string {
  const lastEpoch = plain.losses.slice(-Math.ceil(plain.losses.length / epochs));
  const loss = lastEpoch.reduce((sum, value) => sum + value, 0) / lastEpoch.length;
  return drawLossCurve({
    title: 'Distorted digits: cross entropy while training with the warper',
    losses: straightened.losses,
    epochs,
    levels: [{ label: 'without the warper, in the last epoch', loss }],
  });
}

await runExample(
  {
    summary: 'Learns to straighten distorted handwritten digits before it reads them: a spatial transformer.',
    epochs: 8,
    batch: 64,
    out: new URL('../out', import.meta.url),
  },
  main,
);
