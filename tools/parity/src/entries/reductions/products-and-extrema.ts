import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { type Expected, exactly, Sums, sumTolerance } from '../../expected.ts';
import type { Dtype, NdArray } from '../../nd-array.ts';
import { groupsOf, membersOf } from '../../references/groups.ts';
import { axis, seed, shape } from '../../sizes.ts';
import { type Reduction, reductionCases } from './reduction-cases.ts';

function reduced(
  x: NdArray,
  { axis: along, keepDims }: Reduction,
  dtype: Dtype,
  fn: (values: number[]) => number,
): Expected {
  const over = groupsOf(x.shape, along, keepDims);
  const data = membersOf(over).map((members) => fn(members.map((flat) => x.data[flat] as number)));
  return exactly(over.shape, data, dtype);
}

function multiply(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

/** For each factor, the product of the others. */
function productsOfOthers(values: readonly number[]): number[] {
  const before = [1];
  for (const value of values) before.push((before.at(-1) as number) * value);
  let after = 1;
  const others = new Array<number>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    others[i] = (before[i] as number) * after;
    after *= values[i] as number;
  }
  return others;
}

/** A product counts as a sum of one term that K roundings have touched. */
function withinProduct(expected: Expected, count: number): Expected {
  if (expected.dtype !== 'float32') return expected;
  return { ...expected, tolerance: expected.data.map((value) => sumTolerance(count, Math.abs(value))) };
}

const prod = entry<Reduction>({
  op: 'prod',
  family: 'reductions',
  cases: reductionCases([{ range: [0.5, 1.4] }, { range: [-1.5, 1.5] }, { dtype: 'bool' }]),
  run: ([x], { axis: along, keepDims }) => tf.prod(x as tf.Tensor, along, keepDims),
  reference: ([x], attrs) => {
    const { shape: sizes, dtype } = x as NdArray;
    const over = groupsOf(sizes, attrs.axis, attrs.keepDims);
    return [withinProduct(reduced(x as NdArray, attrs, dtype === 'bool' ? 'int32' : dtype, multiply), over.length)];
  },
  adjoint: ([x], attrs, [dy]) => {
    const { shape: sizes, data } = x as NdArray;
    const over = groupsOf(sizes, attrs.axis, attrs.keepDims);
    const gradient = new Float64Array(data.length);
    for (const [place, members] of membersOf(over).entries()) {
      const others = productsOfOthers(members.map((flat) => data[flat] as number));
      for (const [i, flat] of members.entries()) {
        gradient[flat] = ((dy as NdArray).data[place] as number) * (others[i] as number);
      }
    }
    return [withinProduct(exactly(sizes, gradient), over.length)];
  },
});

/** The gradient of an extremum: shared evenly between the elements that are equal to it. */
function toExtrema(x: NdArray, { axis: along, keepDims }: Reduction, dy: NdArray, extreme: typeof Math.max): Expected {
  const sums = new Sums(x.shape);
  for (const [place, members] of membersOf(groupsOf(x.shape, along, keepDims)).entries()) {
    const best = extreme(...members.map((flat) => x.data[flat] as number));
    const chosen = members.filter((flat) => x.data[flat] === best);
    for (const flat of chosen) sums.add(flat, (dy.data[place] as number) / chosen.length);
  }
  return sums.expected();
}

function extremum(op: 'max' | 'min', call: typeof tf.max): Entry {
  return entry<Reduction>({
    op,
    family: 'reductions',
    cases: reductionCases([{}, { whole: true }, { range: [-9, -1] }, { dtype: 'int32', range: [-99, 99] }], {
      empty: false,
    }),
    run: ([x], { axis: along, keepDims }) => call(x as tf.Tensor, along, keepDims),
    reference: ([x], attrs) => [reduced(x as NdArray, attrs, (x as NdArray).dtype, (values) => Math[op](...values))],
    adjoint: ([x], attrs, [dy]) => [toExtrema(x as NdArray, attrs, dy as NdArray, Math[op])],
  });
}

function quantifier(op: 'all' | 'any', call: typeof tf.all, fn: (values: number[]) => number): Entry {
  return entry<Reduction>({
    op,
    family: 'reductions',
    cases: reductionCases([{ dtype: 'bool' }]),
    run: ([x], { axis: along, keepDims }) => call(x as tf.Tensor, along, keepDims),
    reference: ([x], attrs) => [reduced(x as NdArray, attrs, 'bool', fn)],
  });
}

const positionCases: fc.Arbitrary<OpCase<{ axis: number }>> = shape({ minRank: 1, maxRank: 5, empty: false })
  .chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      axis: axis(sizes.length),
      kind: fc.constantFrom<{ whole?: boolean; dtype?: Dtype }[]>({}, { whole: true }, { dtype: 'int32' }),
      seed,
    }),
  )
  .map(({ sizes, axis: along, kind, seed: values }) => ({
    inputs: [{ shape: sizes, ...kind }],
    attrs: { axis: along },
    seed: values,
  }));

/** The position of the first of the extreme elements. */
function position(op: 'argMax' | 'argMin', call: typeof tf.argMax, extreme: typeof Math.max): Entry {
  return entry<{ axis: number }>({
    op,
    family: 'reductions',
    cases: positionCases,
    run: ([x], { axis: along }) => call(x as tf.Tensor, along),
    reference: ([x], { axis: along }) => [
      reduced(x as NdArray, { axis: along, keepDims: false }, 'int32', (values) => values.indexOf(extreme(...values))),
    ],
  });
}

export const productAndExtremumEntries: readonly Entry[] = [
  quantifier('all', tf.all, (values) => multiply(values)),
  quantifier('any', tf.any, (values) => Number(values.includes(1))),
  position('argMax', tf.argMax, Math.max),
  position('argMin', tf.argMin, Math.min),
  extremum('max', tf.max),
  extremum('min', tf.min),
  prod,
];
