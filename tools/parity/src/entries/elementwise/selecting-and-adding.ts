import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { pointwise, pointwiseGradient } from '../../references/broadcasting.ts';
import { seed, shape } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';
import { broadcastShapes } from './broadcast-shapes.ts';

const where = entry<null>({
  op: 'where',
  family: 'elementwise',
  cases: fc
    .record({
      shapes: broadcastShapes(3),
      kind: fc.constantFrom<Omit<InputSpec, 'shape'>[]>({}, { wide: true }, { dtype: 'int32' }, { dtype: 'bool' }),
      seed,
    })
    .map(({ shapes: [condition, a, b], kind, seed: values }) => ({
      inputs: [
        { shape: condition as number[], dtype: 'bool' },
        { shape: a as number[], ...kind },
        { shape: b as number[], ...kind },
      ],
      attrs: null,
      seed: values,
      gradient: kind.dtype === undefined && kind.wide === undefined,
    })),
  run: ([condition, a, b]) => tf.where(condition as tf.Tensor, a as tf.Tensor, b as tf.Tensor),
  reference: (inputs) => [pointwise(inputs, (condition, a, b) => (condition ? a : b) as number, inputs[1]?.dtype)],
  adjoint: (inputs, _, [dy]) => [
    null,
    pointwiseGradient(inputs, dy as NdArray, 1, (condition) => condition as number),
    pointwiseGradient(inputs, dy as NdArray, 2, (condition) => 1 - (condition as number)),
  ],
});

const addN = entry<null>({
  op: 'addN',
  family: 'elementwise',
  cases: fc
    .record({ shape: shape(), count: fc.integer({ min: 1, max: 5 }), whole: fc.boolean(), seed })
    .map(({ shape: sizes, count, whole, seed: values }) => ({
      inputs: Array.from({ length: count }, () => ({ shape: sizes, whole })),
      attrs: null,
      seed: values,
    })),
  run: (inputs) => tf.addN(inputs),
  reference: (inputs) => [pointwise(inputs, (...values) => values.reduce((a, b) => a + b, 0))],
  adjoint: (inputs, _, [dy]) => inputs.map((__, i) => pointwiseGradient(inputs, dy as NdArray, i, () => 1)),
});

const bitwiseAnd = entry<null>({
  op: 'bitwiseAnd',
  family: 'elementwise',
  cases: fc.record({ shape: shape(), seed }).map(({ shape: sizes, seed: values }) => ({
    inputs: Array.from({ length: 2 }, () => ({ shape: sizes, dtype: 'int32', range: [-5000, 5000] })),
    attrs: null,
    seed: values,
  })),
  run: ([a, b]) => tf.bitwiseAnd(a as tf.Tensor, b as tf.Tensor),
  reference: (inputs) => [pointwise(inputs, (a, b) => (a as number) & (b as number), 'int32')],
});

export const selectingAndAddingEntries: readonly Entry[] = [addN, bitwiseAnd, where];
