import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { type Expected, Sums, sumTolerance } from '../../expected.ts';
import { axesFromFront, type NdArray } from '../../nd-array.ts';
import { groupsOf, membersOf } from '../../references/groups.ts';
import { axis, seed, shape } from '../../sizes.ts';

interface Running {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function cases(range: readonly [number, number], integers: boolean): fc.Arbitrary<OpCase<Running>> {
  return shape({ minRank: 1, maxRank: 5 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        attrs: fc.record({ axis: axis(sizes.length), exclusive: fc.boolean(), reverse: fc.boolean() }),
        int32: integers ? fc.boolean() : fc.constant(false),
        seed,
      }),
    )
    .map(({ sizes, attrs, int32, seed: values }) => ({
      inputs: [int32 ? { shape: sizes, dtype: 'int32' } : { shape: sizes, range }],
      attrs,
      seed: values,
      gradient: !int32,
    }));
}

/** The lines along the axis, in the order in which the op runs through them, as places in the data. */
function linesOf(x: NdArray, { axis: along, reverse }: Running): number[][] {
  const lines = membersOf(groupsOf(x.shape, axesFromFront(x.shape.length, along), false));
  return reverse ? lines.map((line) => line.toReversed()) : lines;
}

/** Calls a function for every pair of a result and an element that takes part in it. */
function forEachPair(x: NdArray, attrs: Running, visit: (out: number, at: number) => void): void {
  for (const line of linesOf(x, attrs)) {
    for (let end = 0; end < line.length; end++) {
      const count = attrs.exclusive ? end : end + 1;
      for (let i = 0; i < count; i++) visit(line[end] as number, line[i] as number);
    }
  }
}

const cumsum = entry<Running>({
  op: 'cumsum',
  family: 'reductions',
  cases: cases([-2, 2], true),
  run: ([x], { axis: along, exclusive, reverse }) => tf.cumsum(x as tf.Tensor, along, exclusive, reverse),
  reference: ([x], attrs) => {
    const sums = new Sums((x as NdArray).shape);
    forEachPair(x as NdArray, attrs, (out, at) => sums.add(out, (x as NdArray).data[at] as number));
    return [sums.expected((x as NdArray).dtype)];
  },
  adjoint: ([x], attrs, [dy]) => {
    const sums = new Sums((x as NdArray).shape);
    forEachPair(x as NdArray, attrs, (out, at) => sums.add(at, (dy as NdArray).data[out] as number));
    return [sums.expected()];
  },
});

function runningProducts(x: NdArray, attrs: Running): Expected {
  const [data, tolerance] = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
  for (const line of linesOf(x, attrs)) {
    let product = 1;
    for (const [i, flat] of line.entries()) {
      const next = product * (x.data[flat] as number);
      data[flat] = attrs.exclusive ? product : next;
      tolerance[flat] = sumTolerance(i + 1, Math.abs(data[flat] as number));
      product = next;
    }
  }
  return { shape: x.shape, dtype: 'float32', data, tolerance };
}

/** The gradient by each factor: a sum over the products that it is part of, each of which had K roundings of its own. */
function gradientOfProducts(x: NdArray, attrs: Running, dy: NdArray): Expected {
  const sums = new Sums(x.shape);
  for (const line of linesOf(x, attrs)) {
    let before = 1;
    for (const [i, flat] of line.entries()) {
      let product = before;
      for (let end = i; end < line.length; end++) {
        const result = attrs.exclusive ? end + 1 : end;
        if (end > i) product *= x.data[line[end] as number] as number;
        if (result >= line.length) break;
        const term = product * (dy.data[line[result] as number] as number);
        sums.add(flat, term, sumTolerance(result + 1, Math.abs(term)));
      }
      before *= x.data[flat] as number;
    }
  }
  return sums.expected();
}

const cumprod = entry<Running>({
  op: 'cumprod',
  family: 'reductions',
  cases: cases([-1.5, 1.5], false),
  run: ([x], { axis: along, exclusive, reverse }) => tf.cumprod(x as tf.Tensor, along, exclusive, reverse),
  reference: ([x], attrs) => [runningProducts(x as NdArray, attrs)],
  adjoint: ([x], attrs, [dy]) => [gradientOfProducts(x as NdArray, attrs, dy as NdArray)],
});

export const runningEntries: readonly Entry[] = [cumprod, cumsum];
