import * as tf from '@tensorflow/tfjs-core';
import { toTensors } from './digit-tensors.ts';
import type { Digits } from './digits.ts';
import { percent } from './numbers.ts';
import { table } from './table.ts';

/**
 * What a network takes each digit for.
 *
 * @param logitsOf From images [count, 28, 28] to logits [count, 10].
 */
export async function answersTo(digits: Digits, logitsOf: (images: tf.Tensor) => tf.Tensor): Promise<Int32Array> {
  const answers = tf.tidy(() => tf.argMax(logitsOf(toTensors(digits).images), -1));
  const values = await answers.data<'int32'>();
  answers.dispose();
  return values;
}

/** The share of answers that are right. */
export function accuracy(labels: Int32Array, answers: Int32Array): number {
  return labels.filter((label, i) => label === answers[i]).length / labels.length;
}

/** How often each digit (the row) was taken for each digit (the column). */
export function confusionMatrix(labels: Int32Array, answers: Int32Array): number[][] {
  const counts = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
  for (const [i, label] of labels.entries()) {
    const row = counts[label] as number[];
    const answer = answers[i] as number;
    row[answer] = (row[answer] as number) + 1;
  }
  return counts;
}

/** A confusion matrix as lines of text. */
export function formatConfusionMatrix(counts: readonly (readonly number[])[]): string[] {
  const header = ['', ...counts.map((_, digit) => String(digit)), 'right'];
  const rows = counts.map((row, digit) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const right = total === 0 ? '-' : percent((row[digit] as number) / total);
    return [String(digit), ...row.map((count) => (count === 0 ? '·' : String(count))), right];
  });
  return table([header, ...rows]);
}
