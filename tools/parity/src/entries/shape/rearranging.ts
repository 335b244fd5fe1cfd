import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { axesFromFront, broadcastOffsets, type NdArray, offsetOf } from '../../nd-array.ts';
import { movesOf } from '../../references/moves.ts';
import { capped, seed, shape, size, someAxes } from '../../sizes.ts';
import { shapeAndSmaller } from '../elementwise/broadcast-shapes.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

const kind = fc.constantFrom(...kinds);

const transpose = movingEntry<{ perm: number[] | undefined }>({
  op: 'transpose',
  cases: shape({ maxRank: 6 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        perm: fc.option(fc.shuffledSubarray([...sizes.keys()], { minLength: sizes.length }), { nil: undefined }),
        kind,
        seed,
      }),
    )
    .map(({ sizes, perm, kind: values, seed: at }) => movingCase([{ shape: sizes, ...values }], { perm }, at)),
  run: ([x], { perm }) => tf.transpose(x as tf.Tensor, perm),
  moves: ([x], { perm }) => {
    const { shape: sizes } = x as NdArray;
    const order = perm ?? [...sizes.keys()].reverse();
    const from = new Array<number>(sizes.length);
    return [
      movesOf(
        order.map((axis) => sizes[axis] as number),
        (index) => {
          for (const [i, axis] of order.entries()) from[axis] = index[i] as number;
          return [0, offsetOf(sizes, from)];
        },
      ),
    ];
  },
});

const reverse = movingEntry<{ axes: number[] | undefined }>({
  op: 'reverse',
  cases: shape({ maxRank: 5 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        axes: fc.option(someAxes(sizes.length, 1), { nil: undefined }),
        kind,
        seed,
      }),
    )
    .map(({ sizes, axes, kind: values, seed: at }) =>
      movingCase([{ shape: sizes, ...values }], { axes: sizes.length === 0 ? undefined : axes }, at),
    ),
  run: ([x], { axes }) => tf.reverse(x as tf.Tensor, axes),
  moves: ([x], { axes }) => {
    const { shape: sizes } = x as NdArray;
    const along = new Set(axesFromFront(sizes.length, axes));
    return [
      movesOf(sizes, (index) => [
        0,
        offsetOf(
          sizes,
          index.map((i, axis) => (along.has(axis) ? (sizes[axis] as number) - 1 - i : i)),
        ),
      ]),
    ];
  },
});

const tile = movingEntry<{ reps: number[] }>({
  op: 'tile',
  cases: fc
    .record({
      sizes: shape({ maxRank: 5, most: 700 }),
      reps: fc.array(fc.constantFrom(1, 2, 3, 5), { minLength: 5, maxLength: 5 }),
      kind,
      seed,
    })
    .map(({ sizes, reps, kind: values, seed: at }) =>
      movingCase([{ shape: sizes, ...values }], { reps: capped(reps.slice(0, sizes.length), 12) }, at),
    ),
  run: ([x], { reps }) => tf.tile(x as tf.Tensor, reps),
  moves: ([x], { reps }) => {
    const { shape: sizes } = x as NdArray;
    return [
      movesOf(
        sizes.map((own, axis) => own * (reps[axis] as number)),
        (index) => [
          0,
          offsetOf(
            sizes,
            index.map((i, axis) => i % (sizes[axis] as number)),
          ),
        ],
      ),
    ];
  },
});

const broadcastTo = movingEntry<{ to: number[] }>({
  op: 'broadcastTo',
  cases: fc
    .record({ shapes: shapeAndSmaller, kind, seed })
    .map(({ shapes: [to, own], kind: values, seed: at }) =>
      movingCase([{ shape: own as number[], ...values }], { to: to as number[] }, at),
    ),
  examples: [movingCase([{ shape: [1] }], { to: [0] }, 1), movingCase([{ shape: [2, 1] }], { to: [2, 0] }, 1)],
  run: ([x], { to }) => tf.broadcastTo(x as tf.Tensor, to as [number]),
  moves: ([x], { to }) => {
    const places = broadcastOffsets((x as NdArray).shape, to);
    let flat = 0;
    return [movesOf(to, () => [0, places[flat++] as number])];
  },
});

const depthToSpace = movingEntry<{ block: number }>({
  op: 'depthToSpace',
  cases: fc
    .record({
      sizes: fc.array(size(33), { minLength: 4, maxLength: 4 }),
      block: fc.constantFrom(2, 3),
      wide: fc.boolean(),
      seed,
    })
    .map(({ sizes, block, wide, seed: at }) => {
      const [batch, height, width, depth] = capped(sizes, 500) as [number, number, number, number];
      return movingCase([{ shape: [batch, height, width, depth * block * block], wide }], { block }, at);
    }),
  run: ([x], { block }) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC'),
  moves: ([x], { block }) => {
    const { shape: sizes } = x as NdArray;
    const [batch, height, width, depth] = sizes as [number, number, number, number];
    const channels = depth / (block * block);
    return [
      movesOf([batch, height * block, width * block, channels], (index) => {
        const [b, y, x, c] = index as [number, number, number, number];
        const channel = ((y % block) * block + (x % block)) * channels + c;
        return [0, offsetOf(sizes, [b, Math.floor(y / block), Math.floor(x / block), channel])];
      }),
    ];
  },
});

export const rearrangingEntries: readonly Entry[] = [broadcastTo, depthToSpace, reverse, tile, transpose];
