import type * as tf from '@tensorflow/tfjs-core';
import { accuracy, confusionMatrix, formatConfusionMatrix } from './answers.ts';
import type { Digits } from './digits.ts';
import { grouped, percent } from './numbers.ts';
import type { Options } from './options.ts';
import { print, verdict } from './run-example.ts';
import { saveLossCurve } from './save.ts';
import { variablesTable } from './variables-table.ts';

/** What a network that reads digits has come to. */
export interface ClassifierResult {
  /** The loss of each step of training. */
  readonly losses: readonly number[];
  /** Digits that it never saw, and what it took them for. */
  readonly test: Digits;
  readonly answers: Int32Array;
  readonly variables: readonly tf.Variable[];
  /** The lowest accuracy with which a run on all digits succeeds. */
  readonly neededAccuracy: number;
}

/** Prints accuracy, variables and confusion matrix, writes the loss curve, and gives the exit code. */
export async function reportClassifier(result: ClassifierResult, options: Options): Promise<number> {
  const { losses, test, answers, variables, neededAccuracy } = result;
  const share = accuracy(test.labels, answers);
  print(`accuracy on ${grouped(test.count)} unseen digits: ${percent(share)}`, '');
  print(...variablesTable(variables), '');
  print('what it is (rows) and what the network took it for (columns)', '');
  print(...formatConfusionMatrix(confusionMatrix(test.labels, answers)), '');
  await saveLossCurve('Handwritten digits: cross entropy while training', losses, options);
  return verdict(options, share >= neededAccuracy, `The accuracy is below ${percent(neededAccuracy)}.`);
}
