import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { productTerms } from '../../references/matrix-product.ts';
import { type BilinearTerms, bilinear, bilinearByFirst, bilinearBySecond } from '../../references/terms.ts';
import { seed, size } from '../../sizes.ts';
import { matrixSizes } from './matrix-sizes.ts';

/** A product of two vectors or matrices as a product of matrices. */
function productEntry(
  op: string,
  cases: fc.Arbitrary<OpCase<null>>,
  call: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  asMatrices: (a: readonly number[], b: readonly number[]) => { a: number[]; b: number[]; result: number[] },
): Entry {
  const termsOf = ([a, b]: readonly NdArray[]): BilinearTerms => {
    const matrices = asMatrices((a as NdArray).shape, (b as NdArray).shape);
    return productTerms({ ...matrices, transposeA: false, transposeB: false });
  };
  return entry<null>({
    op,
    family: 'contractions',
    cases,
    run: ([a, b]) => call(a as tf.Tensor, b as tf.Tensor),
    reference: (inputs) => {
      const [a, b] = inputs as [NdArray, NdArray];
      return [bilinear(asMatrices(a.shape, b.shape).result, termsOf(inputs), a, b)];
    },
    adjoint: (inputs, _, [dy]) => {
      const [a, b] = inputs as [NdArray, NdArray];
      return [
        bilinearByFirst(a.shape, termsOf(inputs), dy as NdArray, b),
        bilinearBySecond(b.shape, termsOf(inputs), dy as NdArray, a),
      ];
    },
  });
}

export const dot: Entry = productEntry(
  'dot',
  fc
    .record({ sizes: matrixSizes(50_000), aIsVector: fc.boolean(), bIsVector: fc.boolean(), seed })
    .map(({ sizes: [rows, inner, columns], aIsVector, bIsVector, seed: values }) => ({
      inputs: [{ shape: aIsVector ? [inner] : [rows, inner] }, { shape: bIsVector ? [inner] : [inner, columns] }],
      attrs: null,
      seed: values,
    })),
  tf.dot,
  (a, b) => ({
    a: a.length === 1 ? [1, ...a] : [...a],
    b: b.length === 1 ? [...b, 1] : [...b],
    result: [...(a.length === 1 ? [] : a.slice(0, 1)), ...(b.length === 1 ? [] : b.slice(1))],
  }),
);

export const outerProduct: Entry = productEntry(
  'outerProduct',
  fc.record({ rows: size(257), columns: size(257), seed }).map(({ rows, columns, seed: values }) => ({
    inputs: [{ shape: [rows] }, { shape: [columns] }],
    attrs: null,
    seed: values,
  })),
  (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D),
  (a, b) => ({ a: [...a, 1], b: [1, ...b], result: [...a, ...b] }),
);
