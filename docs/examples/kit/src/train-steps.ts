import { setImmediate } from 'node:timers/promises';
import { minimize } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { startProgress } from './progress.ts';
import { print } from './run-example.ts';

/** How to train on a task that makes its own batches. */
export interface StepsOptions {
  readonly steps: number;
  readonly batch: number;
  /** What a batch has several of: `questions`. */
  readonly unit: string;
  /** The optimizer's rate; a tenth of it in the last third of the steps. */
  readonly rate: number;
}

/** How many lines tell how training goes on, where there is no terminal. */
const LINES = 10;

/**
 * Trains, shows how it goes on, and prints how long it took.
 *
 * @param lossOf Makes a batch and gives the loss on it, a scalar; called once for every step.
 * @returns The loss of each step.
 */
export async function trainSteps(options: StepsOptions, lossOf: () => tf.Tensor): Promise<number[]> {
  const { steps, batch, unit, rate } = options;
  // TensorFlow.js's optimizers keep their rate.
  const coarse = tf.train.adam(rate);
  const fine = tf.train.adam(rate / 10);
  const progress = startProgress({ stage: 'step', unit });
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const optimizer = step <= Math.ceil((steps * 2) / 3) ? coarse : fine;
    const cost = minimize(optimizer, lossOf, { returnCost: true });
    const [loss = Number.NaN] = await cost.data();
    cost.dispose();
    losses.push(loss);
    const stage = `${String(step).padStart(String(steps).length)}/${steps}`;
    progress.update({ stage, loss, amount: batch, share: step / steps });
    if (Math.floor((step * LINES) / steps) > Math.floor(((step - 1) * LINES) / steps)) progress.line();
    // Lets the terminal take Ctrl-C.
    await setImmediate();
  }
  coarse.dispose();
  fine.dispose();
  print(`trained for ${progress.finish().toFixed(1)} s`, '');
  return losses;
}
