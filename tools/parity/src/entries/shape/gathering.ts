import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { axesFromFront, type NdArray, offsetOf } from '../../nd-array.ts';
import { movesOf } from '../../references/moves.ts';
import { capped, seed, shape, size } from '../../sizes.ts';
import { generator } from '../../values.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

const kind = fc.constantFrom(...kinds);

interface Gather {
  readonly axis: number;
  readonly batchDims: number;
}

const gather = movingEntry<Gather>({
  op: 'gather',
  cases: fc
    .record({
      sizes: fc.array(size(257), { minLength: 1, maxLength: 4 }),
      indexSizes: fc.array(size(33), { maxLength: 2 }),
      axis: fc.nat({ max: 3 }),
      batchDims: fc.constantFrom(0, 0, 1, 2),
      fromBack: fc.boolean(),
      kind,
      seed,
    })
    .map(({ sizes, indexSizes, axis, batchDims, fromBack, kind: values, seed: at }) => {
      const fitting = capped(sizes, 300);
      const rank = fitting.length;
      const batches = Math.min(batchDims, rank - 1);
      const along = Math.max(axis % rank, batches);
      const indices = [...fitting.slice(0, batches), ...capped(indexSizes, 12)];
      return movingCase(
        [
          { shape: fitting, ...values },
          { shape: indices, dtype: 'int32', below: [fitting[along] as number] },
        ],
        { axis: fromBack ? along - rank : along, batchDims: batches },
        at,
      );
    }),
  run: ([x, indices], { axis, batchDims }) => tf.gather(x as tf.Tensor, indices as tf.Tensor1D, axis, batchDims),
  indices: [1],
  moves: ([x, indices], { axis, batchDims }) => {
    const [{ shape: sizes }, { shape: indexShape, data }] = [x as NdArray, indices as NdArray];
    const along = axesFromFront(sizes.length, axis)[0] as number;
    const inner = indexShape.slice(batchDims);
    return [
      movesOf([...sizes.slice(0, along), ...inner, ...sizes.slice(along + 1)], (index) => {
        const own = [...index.slice(0, batchDims), ...index.slice(along, along + inner.length)];
        const picked = data[offsetOf(indexShape, own)] as number;
        return [0, offsetOf(sizes, [...index.slice(0, along), picked, ...index.slice(along + inner.length)])];
      }),
    ];
  },
});

/** Shapes of an array, of a list of places in its first axes, and of what lies at each place. */
const places = fc
  .record({
    sizes: fc.array(size(33), { minLength: 1, maxLength: 4 }),
    count: fc.array(fc.constantFrom<number[]>(1, 2, 3, 5, 9), { minLength: 1, maxLength: 2 }),
    depth: fc.integer({ min: 1, max: 4 }),
    kind,
    seed,
  })
  .map(({ sizes, count, depth, ...rest }) => {
    const whole = capped(sizes, 400);
    const axes = Math.min(depth, whole.length);
    return { whole, count, axes, ...rest };
  });

const gatherND = movingEntry<null>({
  op: 'gatherND',
  cases: places.map(({ whole, count, axes, kind: values, seed: at }) =>
    movingCase(
      [
        { shape: whole, ...values },
        { shape: [...count, axes], dtype: 'int32', below: whole.slice(0, axes) },
      ],
      null,
      at,
    ),
  ),
  run: ([x, indices]) => tf.gatherND(x as tf.Tensor, indices as tf.Tensor),
  indices: [1],
  moves: ([x, indices]) => {
    const [{ shape: sizes }, { shape: indexShape, data }] = [x as NdArray, indices as NdArray];
    const [outer, depth] = [indexShape.slice(0, -1), indexShape.at(-1) as number];
    return [
      movesOf([...outer, ...sizes.slice(depth)], (index) => {
        const start = offsetOf(outer, index.slice(0, outer.length)) * depth;
        return [0, offsetOf(sizes, [...data.slice(start, start + depth), ...index.slice(outer.length)])];
      }),
    ];
  },
});

/** `count` different places in a shape, one after the other. */
function distinctPlaces(sizes: readonly number[], count: number, at: number): number[] {
  const next = generator(at);
  const whole = sizes.reduce((a, b) => a * b, 1);
  const all = [...new Array<number>(whole).keys()];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(next() * (whole - i));
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all.slice(0, count).flatMap((flat) => {
    const index: number[] = [];
    let rest = flat;
    for (const length of sizes.toReversed()) {
      index.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return index;
  });
}

const tensorScatterUpdate = movingEntry<null>({
  op: 'tensorScatterUpdate',
  cases: places.map(({ whole, count, axes, kind: values, seed: at }) => {
    const indexed = whole.slice(0, axes);
    const updates = Math.min(
      count.reduce((a, b) => a * b, 1),
      indexed.reduce((a, b) => a * b, 1),
    );
    // Where a place comes twice, TensorFlow does not say which update wins.
    const indices = distinctPlaces(indexed, updates, at);
    return movingCase(
      [
        { shape: whole, ...values },
        { shape: [updates, axes], dtype: 'int32', values: indices, below: indexed },
        { shape: [updates, ...whole.slice(axes)], ...values },
      ],
      null,
      at,
    );
  }),
  run: ([x, indices, updates]) => tf.tensorScatterUpdate(x as tf.Tensor, indices as tf.Tensor, updates as tf.Tensor),
  indices: [1],
  moves: ([x, indices]) => {
    const [{ shape: sizes }, { shape: indexShape, data }] = [x as NdArray, indices as NdArray];
    const depth = indexShape[1] as number;
    const rest = sizes.slice(depth);
    const updateOf = new Map<number, number>();
    for (let i = 0; i < (indexShape[0] as number); i++) {
      updateOf.set(offsetOf(sizes.slice(0, depth), [...data.slice(i * depth, (i + 1) * depth)]), i);
    }
    return [
      movesOf(sizes, (index) => {
        const update = updateOf.get(offsetOf(sizes.slice(0, depth), index.slice(0, depth)));
        if (update === undefined) return [0, offsetOf(sizes, index)];
        return [2, offsetOf([indexShape[0] as number, ...rest], [update, ...index.slice(depth)])];
      }),
    ];
  },
});

const topk = movingEntry<{ k: number }>({
  op: 'topk',
  cases: fc
    .record({
      sizes: shape({ minRank: 1, maxRank: 3, empty: false, most: 1100 }),
      portion: fc.integer({ min: 0, max: 100 }),
      kind: fc.constantFrom({}, { whole: true }, { dtype: 'int32' as const }),
      seed,
    })
    .map(({ sizes, portion, kind: values, seed: at }) => {
      const k = Math.max(1, Math.floor(((sizes.at(-1) as number) * portion) / 100));
      return movingCase([{ shape: sizes, ...values }], { k }, at);
    }),
  run: ([x], { k }) => tf.topk(x as tf.Tensor, k).values,
  moves: ([x], { k }) => {
    const { shape: sizes } = x as NdArray;
    const orders = ordersOf(x as NdArray);
    const length = sizes.at(-1) as number;
    return [
      movesOf(sizes.with(-1, k), (index) => {
        const line = offsetOf(sizes.slice(0, -1), index.slice(0, -1));
        return [0, line * length + (orders[line]?.[index.at(-1) as number] as number)];
      }),
    ];
  },
});

/** For every line along the last axis, the positions of its elements from the largest on; equal ones in their order. */
export function ordersOf({ shape: sizes, data }: NdArray): number[][] {
  const length = sizes.at(-1) as number;
  return Array.from({ length: data.length / length }, (_, line) =>
    [...new Array<number>(length).keys()].sort(
      (a, b) => (data[line * length + b] as number) - (data[line * length + a] as number) || a - b,
    ),
  );
}

export const gatheringEntries: readonly Entry[] = [gather, gatherND, tensorScatterUpdate, topk];
