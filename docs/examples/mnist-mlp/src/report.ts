import { variableName } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { table } from './table.ts';

const FLOAT32_BYTES = 4;

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

/** The variables of a network as lines of text: name, shape, dtype, parameters, bytes; the last line has the sums. */
export function formatVariables(variables: readonly tf.Variable[]): string[] {
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const rows = [
    ['variable', 'shape', 'dtype', 'parameters', 'bytes'],
    ...variables.map((variable) => [
      variableName(variable),
      `[${variable.shape.join(', ')}]`,
      variable.dtype,
      grouped(variable.size),
      grouped(variable.size * FLOAT32_BYTES),
    ]),
    ['total', '', '', grouped(parameters), grouped(parameters * FLOAT32_BYTES)],
  ];
  return table(rows, [0, 1, 2]);
}

/** `97.4 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
