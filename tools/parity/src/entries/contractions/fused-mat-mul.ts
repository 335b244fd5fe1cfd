import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { productShape, productTerms } from '../../references/matrix-product.ts';
import { bilinear, bilinearByFirst, bilinearBySecond } from '../../references/terms.ts';
import { seed } from '../../sizes.ts';
import { type Fusion, fusedEntry, fusionInputs, fusions } from '../fused-entry.ts';
import { matrixSizes } from './matrix-sizes.ts';

interface Settings extends Fusion {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export const fusedMatMul: Entry = fusedEntry<Settings>({
  op: 'fusedMatMul',
  family: 'contractions',
  cases: fc
    .record({
      sizes: matrixSizes(60_000),
      batch: fc.constantFrom([], [], [1], [3]),
      fusion: fusions,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      seed,
    })
    .map(({ sizes: [rows, inner, columns], batch, fusion, transposeA, transposeB, seed: values }) => ({
      inputs: [
        { shape: [...batch, ...(transposeA ? [inner, rows] : [rows, inner])] },
        { shape: [...batch, ...(transposeB ? [columns, inner] : [inner, columns])] },
        ...fusionInputs(fusion, columns),
      ],
      attrs: { ...fusion, transposeA, transposeB },
      seed: values,
    })),
  call: ({ first, second, bias, preluActivationWeights }, { transposeA, transposeB, activation, leakyreluAlpha }) =>
    tf.fused.matMul({
      a: first,
      b: second,
      transposeA,
      transposeB,
      bias,
      activation,
      preluActivationWeights,
      leakyreluAlpha,
    }),
  sums: (a, b, attrs) => {
    const product = { ...attrs, a: a.shape, b: b.shape };
    return bilinear(productShape(product), productTerms(product), a, b);
  },
  byOperands: (a, b, attrs, dy) => {
    const terms = productTerms({ ...attrs, a: a.shape, b: b.shape });
    return [bilinearByFirst(a.shape, terms, dy, b), bilinearBySecond(b.shape, terms, dy, a)];
  },
});
