import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { getVariable } from '../variables/get-variable.ts';
import { minimize } from './minimize.ts';
import { optimizerVariables, setOptimizerVariables } from './optimizer-slots.ts';

const square = (...variables: tf.Tensor[]) => tf.addN(variables.map((x) => tf.square(x))) as tf.Scalar;
let [a, b]: tf.Variable[] = [];

beforeEach(() => {
  resetDefaultGraph();
  [a, b] = ['a', 'b'].map((name) => getVariable(name, { shape: [] }) as tf.Variable);
});

it('gives the variables of an optimizer in the order in which it saw them', () => {
  const optimizer = tf.train.sgd(0.1);
  expect(optimizerVariables(optimizer)).toEqual([]);
  minimize(optimizer, () => square(b as tf.Variable), { variables: [b as tf.Variable] });
  minimize(optimizer, () => square(a as tf.Variable, b as tf.Variable));
  expect(optimizerVariables(optimizer)).toEqual([b, a]);
});

it('puts averages where one says', () => {
  const optimizer = tf.train.momentum(1, 1);
  setOptimizerVariables(optimizer, [b as tf.Variable, a as tf.Variable]);
  const members = optimizer as unknown as { accumulations: { originalName: string; variable: tf.Variable }[] };
  members.accumulations = [5, 7].map((value) => ({ originalName: '', variable: tf.variable(tf.scalar(value), false) }));
  const before = [a, b].map((x) => x?.dataSync()[0] ?? 0);
  minimize(optimizer, () => tf.add(a as tf.Variable, b as tf.Variable) as tf.Scalar);
  const moved = [a, b].map((x, i) => (before[i] ?? 0) - (x?.dataSync()[0] ?? 0));
  expect(moved[0]).toBeCloseTo(8, 5);
  expect(moved[1]).toBeCloseTo(6, 5);
});
