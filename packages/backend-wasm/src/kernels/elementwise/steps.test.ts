import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';
import { elementsOfStep } from './steps.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

const longest = 2 * elementsOfStep + 7;

/** A function of two tensors, or of the first alone. */
type Evaluate = (a: tf.Tensor1D, b: tf.Tensor1D) => tf.Tensor1D;

const functions: readonly Evaluate[] = [
  tf.pow,
  tf.atan2,
  tf.acosh,
  tf.asinh,
  tf.atan,
  tf.atanh,
  tf.cos,
  tf.erf,
  tf.log1p,
  tf.sin,
  tf.sinh,
  tf.tan,
  tf.tanh,
];

describe('a function in steps', () => {
  it.each(functions.map((evaluate) => [evaluate.name, evaluate] as const))(
    '%s gives the same for tensors of all lengths',
    (_, evaluate) => {
      const valuesOf = (from: number, length: number, step: number): number[] =>
        tf.tidy(() => {
          const operand = (scale: number): tf.Tensor1D =>
            tf.tensor1d(Float32Array.from({ length }, (_, i) => ((from + i * step) % 97) * scale));
          return Array.from(evaluate(operand(0.03), operand(0.021)).dataSync());
        });
      const all = valuesOf(0, longest, 1);
      expect(Array.from({ length: longest }, (_, i) => valuesOf(i, 1, 1)[0])).toEqual(all);
      for (const length of [2, 3, 4, 5, elementsOfStep - 1, elementsOfStep, elementsOfStep + 1]) {
        expect(valuesOf(0, length, 1)).toEqual(all.slice(0, length));
      }
    },
  );

  it('takes operands that are broadcast', () => {
    const [rows, columns] = [3, elementsOfStep + 5];
    const column = tf.tensor2d([0.5, 1.5, 2.5], [rows, 1]);
    const row = tf.tensor2d(
      Array.from({ length: columns }, (_, i) => i / 100),
      [1, columns],
    );
    for (const evaluate of [tf.pow, tf.atan2]) {
      const expected = tf.tidy(() => evaluate(tf.tile(column, [1, columns]), tf.tile(row, [rows, 1])).dataSync());
      expect(tf.tidy(() => evaluate(column, row).dataSync())).toEqual(expected);
    }
    tf.dispose([column, row]);
  });
});
