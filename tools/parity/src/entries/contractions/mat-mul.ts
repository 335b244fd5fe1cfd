import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { type MatrixProduct, productShape, productTerms } from '../../references/matrix-product.ts';
import { bilinear, bilinearByFirst, bilinearBySecond } from '../../references/terms.ts';
import { seed } from '../../sizes.ts';
import { matrixSizes } from './matrix-sizes.ts';

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Batches of both operands, which broadcast. */
const batches: fc.Arbitrary<[a: number[], b: number[]]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<[number[], number[]]>([[], []]) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<[number[], number[]][]>(
      [[1], [1]],
      [[3], [3]],
      [[5], [1]],
      [[1], [4]],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 1],
        [2, 3],
      ],
      [
        [1, 3],
        [2, 1],
      ],
      [[2], []],
      [[], [3]],
      [[2, 3], [3]],
      [
        [1, 2, 1],
        [2, 1, 3],
      ],
    ),
  },
);

function operandShape(batch: readonly number[], rows: number, columns: number, transposed: boolean): number[] {
  return [...batch, ...(transposed ? [columns, rows] : [rows, columns])];
}

const cases: fc.Arbitrary<OpCase<Transposes>> = fc
  .record({ sizes: matrixSizes(60_000), batches, transposeA: fc.boolean(), transposeB: fc.boolean(), seed })
  .map(({ sizes: [rows, inner, columns], batches: [a, b], transposeA, transposeB, seed: values }) => ({
    inputs: [
      { shape: operandShape(a, rows, inner, transposeA) },
      { shape: operandShape(b, inner, columns, transposeB) },
    ],
    attrs: { transposeA, transposeB },
    seed: values,
  }));

function productOf(inputs: readonly NdArray[], attrs: Transposes): MatrixProduct {
  const [a, b] = inputs as [NdArray, NdArray];
  return { a: a.shape, b: b.shape, ...attrs };
}

/** Sizes at which tiles, panels and unrolled loops begin and end, in all four orientations. */
const large: readonly OpCase<Transposes>[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({
    inputs: [{ shape: operandShape([], 65, 259, transposeA) }, { shape: operandShape([], 259, 34, transposeB) }],
    attrs: { transposeA, transposeB },
    seed: 3,
  })),
);

export const matMul: Entry = entry<Transposes>({
  op: 'matMul',
  family: 'contractions',
  cases,
  examples: large,
  run: ([a, b], { transposeA, transposeB }) => tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB),
  reference: (inputs, attrs) => {
    const product = productOf(inputs, attrs);
    return [bilinear(productShape(product), productTerms(product), inputs[0] as NdArray, inputs[1] as NdArray)];
  },
  adjoint: (inputs, attrs, [dy]) => {
    const [a, b] = inputs as [NdArray, NdArray];
    const terms = productTerms(productOf(inputs, attrs));
    return [bilinearByFirst(a.shape, terms, dy as NdArray, b), bilinearBySecond(b.shape, terms, dy as NdArray, a)];
  },
});
