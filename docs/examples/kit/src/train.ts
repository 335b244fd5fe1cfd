import { setImmediate } from 'node:timers/promises';
import { minimize, RandomStream } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type DigitTensors, toTensors } from './digit-tensors.ts';
import { type Digits, jitter, pick } from './digits.ts';

/** How to train. */
export interface TrainOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** What a step of training tells about itself. */
export interface Step {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** How many images the step took. */
  readonly images: number;
}

/** Connects a network to a batch and gives the loss, a scalar. */
export type LossOf = (batch: DigitTensors) => tf.Tensor;

/**
 * Trains: changes the variables of the default graph so that a loss becomes small.
 *
 * @param onStep Is told of every step.
 * @returns The loss of each step.
 */
export async function train(
  digits: Digits,
  { epochs, batch, seed }: TrainOptions,
  lossOf: LossOf,
  onStep: (step: Step) => void,
): Promise<number[]> {
  // TensorFlow.js's optimizers keep their rate, so a second one takes small steps in the last third of the time.
  const coarse = tf.train.adam(2e-3);
  const fine = tf.train.adam(2e-4);
  const random = RandomStream.fromSeed(seed, 'train');
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const optimizer = epoch <= Math.ceil((epochs * 2) / 3) ? coarse : fine;
    const order = random.permutation(digits.count);
    for (let start = 0; start < digits.count; start += batch) {
      const places = order.subarray(start, start + batch);
      const tensors = toTensors(jitter(pick(digits, places), random));
      const cost = minimize(optimizer, () => lossOf(tensors), { returnCost: true });
      const [loss = Number.NaN] = await cost.data();
      tf.dispose([tensors.images, tensors.labels, cost]);
      losses.push(loss);
      onStep({ epoch, loss, images: places.length });
      // Lets the terminal take Ctrl-C.
      await setImmediate();
    }
  }
  coarse.dispose();
  fine.dispose();
  return losses;
}
