import type * as tf from '@tensorflow/tfjs-core';
import type { Tfjs } from '../stock/stock-tfjs.ts';

/** A model in training, which some column of a table runs. */
export interface TrainingModel {
  /** One step on the batch that it was made with: forward, backward, and the change of the weights. */
  readonly step: () => void;
  /** Only the outputs of the model. */
  readonly forward: () => void;
  /** The loss as it is now. */
  readonly loss: () => number;
  /** The outputs as they are now. */
  readonly outputs: () => Float32Array;
}

/** A model as a program of raw tfjs ops. The same program runs on ours and on stock. */
export type RawModel = (tf: Tfjs) => TrainingModel;

/** The shape and the first values of a weight. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The learning rate of every column. */
export const learningRate = 0.05;

/** What {@link trainingModel} is made from. */
export interface ModelParts {
  readonly variables: readonly tf.Variable[];
  readonly logits: () => tf.Tensor;
  /** One-hot, one row for each row of the logits. */
  readonly labels: tf.Tensor;
}

/** The variables of a model of raw ops, with their first values. */
export function makeVariables(tf: Tfjs, weights: Readonly<Record<string, Weight>>): tf.Variable[] {
  return Object.values(weights).map(({ shape, values }) => tf.variable(tf.tensor(values, [...shape])));
}

/** A classifier of raw ops, trained by gradient descent as tfjs itself does it. */
export function trainingModel(tf: Tfjs, { variables, logits, labels }: ModelParts): TrainingModel {
  const optimizer = tf.train.sgd(learningRate);
  const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(labels, logits()) as tf.Scalar;
  return {
    step: () => void tf.tidy(() => void optimizer.minimize(loss, false, [...variables])),
    forward: () => tf.tidy(logits).dispose(),
    loss: () => tf.tidy(() => loss().dataSync()[0] as number),
    outputs: () => tf.tidy(() => logits().dataSync() as Float32Array).slice(),
  };
}

/** One-hot rows: which of `classes` each is. */
export function oneHotRows(classes: readonly number[], depth: number): Float32Array {
  const values = new Float32Array(classes.length * depth);
  classes.forEach((index, row) => {
    values[row * depth + index] = 1;
  });
  return values;
}

/**
 * Trains the columns of a table, which have begun with the same weights, for some steps.
 *
 * @returns The loss after them.
 * @throws Error when they do not arrive at the same loss, or learn nothing: they would not have done the same work.
 */
export function checkSameTraining(models: Readonly<Record<string, TrainingModel>>, steps = 5): number {
  const entries = Object.entries(models);
  const before = entries.map(([, model]) => model.loss());
  for (const [, model] of entries) for (let i = 0; i < steps; i++) model.step();
  const losses = entries.map(([name, model], i) => [name, [before[i] as number, model.loss()]] as const);
  return checkSameLosses(Object.fromEntries(losses), steps);
}

/**
 * Checks the losses of the columns of a table, at the start and after some steps.
 *
 * @returns The loss after them.
 * @throws Error as {@link checkSameTraining}.
 */
export function checkSameLosses(losses: Readonly<Record<string, readonly [number, number]>>, steps: number): number {
  const [[start, end] = [Number.NaN, Number.NaN]] = Object.values(losses);
  for (const [name, [before, after]] of Object.entries(losses)) {
    checkClose(`the loss of ${name} at the start`, before, start);
    checkClose(`the loss of ${name} after ${steps} steps`, after, end);
  }
  if (!(end < start)) throw new Error(`Training did not lower the loss: ${start} before, ${end} after.`);
  return end;
}

function checkClose(what: string, actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) <= 1e-3 * Math.abs(expected))) {
    throw new Error(`${what} is ${actual}; that of the first column is ${expected}.`);
  }
}
