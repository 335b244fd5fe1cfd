import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, it } from 'vitest';
import { registerGradients } from './register.ts';
import { expectRightGradient } from './testing/gradient-check.ts';
import { addAt, at, indicesOf, type NdArray, ndArray } from './testing/nd-array.ts';
import '@tensorflow/tfjs-backend-cpu';

function summed(equation: string, operands: readonly NdArray[]): NdArray {
  const [input, output] = equation.split('->') as [string, string];
  const terms = input.split(',');
  const sizes = new Map(
    terms.flatMap((term, i) => [...term].map((label, axis) => [label, operands[i]?.shape[axis] as number])),
  );
  const labels = [...sizes.keys()];
  const y = ndArray([...output].map((label) => sizes.get(label) as number));
  for (const index of indicesOf(labels.map((label) => sizes.get(label) as number))) {
    const part = (term: string): number[] => [...term].map((label) => index[labels.indexOf(label)] as number);
    addAt(
      y,
      part(output),
      operands.reduce((product, operand, i) => product * at(operand, ...part(terms[i] as string)), 1),
    );
  }
  return y;
}

beforeAll(async () => {
  registerGradients();
  // Stock wasm has no kernel of einsum.
  await tf.setBackend('cpu');
});

it.each([
  [
    'ij,jk->ik',
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    'ij,kj->ki',
    [
      [2, 3],
      [4, 3],
    ],
  ],
  [
    'bij,bjk->bik',
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
  ],
  ['i,i->', [[4], [4]]],
  ['i,j->ij', [[2], [3]]],
  [
    'bi,bi->b',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['ij->ji', [[2, 3]]],
  ['ij->i', [[2, 3]]],
  ['ijk->ki', [[2, 3, 2]]],
  [
    'abc,cd->abd',
    [
      [2, 2, 3],
      [3, 2],
    ],
  ],
] as [string, number[][]][])('the gradients of einsum %s are right', (equation, shapes) => {
  expectRightGradient({
    op: (...operands) => tf.einsum(equation, ...operands),
    reference: (...operands) => summed(equation, operands),
    inputs: shapes,
  });
});
