import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { type NdArray, offsetOf } from '../../nd-array.ts';
import { movesOf } from '../../references/moves.ts';
import { seed, shape } from '../../sizes.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

type Paddings = [number, number][];

const amounts = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), { minLength: 5, maxLength: 5 });
const kind = fc.constantFrom(...kinds);

function paddedShape(sizes: readonly number[], paddings: Paddings): number[] {
  return sizes.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
}

const pad = movingEntry<{ paddings: Paddings; constant: number }>({
  op: 'pad',
  cases: fc
    .record({
      sizes: shape({ minRank: 1, maxRank: 5, most: 400 }),
      amounts,
      constant: fc.constantFrom(0, 0, 1, -2.5),
      kind,
      seed,
    })
    .map(({ sizes, amounts: all, constant, kind: values, seed: at }) => {
      const paddings = all
        .slice(0, sizes.length)
        .map((pair): [number, number] => (sizes.length > 3 ? [pair[0] & 1, pair[1] & 1] : pair));
      return movingCase(
        [{ shape: sizes, ...values }],
        { paddings, constant: values.dtype ? Math.abs(Math.trunc(constant)) & 1 : constant },
        at,
      );
    }),
  run: ([x], { paddings, constant }) => tf.pad(x as tf.Tensor, paddings, constant),
  moves: ([x], { paddings, constant }) => {
    const { shape: sizes } = x as NdArray;
    return [
      movesOf(
        paddedShape(sizes, paddings),
        (index) => {
          const from = index.map((i, axis) => i - (paddings[axis]?.[0] ?? 0));
          return from.some((i, axis) => i < 0 || i >= (sizes[axis] as number)) ? undefined : [0, offsetOf(sizes, from)];
        },
        constant,
      ),
    ];
  },
});

/** Where a mirror puts the element at a distance before the first or behind the last one. */
function mirrored(at: number, size: number, offset: number): number {
  if (at < 0) return -at - 1 + offset;
  return at >= size ? 2 * size - 1 - at - offset : at;
}

const mirrorPad = movingEntry<{ paddings: Paddings; mode: 'reflect' | 'symmetric' }>({
  op: 'mirrorPad',
  cases: fc
    .record({
      sizes: shape({ minRank: 1, maxRank: 4, most: 400, empty: false }),
      amounts,
      mode: fc.constantFrom<('reflect' | 'symmetric')[]>('reflect', 'symmetric'),
      kind,
      seed,
    })
    .map(({ sizes, amounts: all, mode, kind: values, seed: at }) => {
      const most = (axis: number): number => (sizes[axis] as number) - (mode === 'reflect' ? 1 : 0);
      const paddings = all
        .slice(0, sizes.length)
        .map(([before, after], axis): [number, number] => [Math.min(before, most(axis)), Math.min(after, most(axis))]);
      return movingCase([{ shape: sizes, ...values }], { paddings, mode }, at);
    }),
  run: ([x], { paddings, mode }) => tf.mirrorPad(x as tf.Tensor, paddings, mode),
  moves: ([x], { paddings, mode }) => {
    const { shape: sizes } = x as NdArray;
    const offset = mode === 'reflect' ? 1 : 0;
    return [
      movesOf(paddedShape(sizes, paddings), (index) => [
        0,
        offsetOf(
          sizes,
          index.map((i, axis) => mirrored(i - (paddings[axis]?.[0] ?? 0), sizes[axis] as number, offset)),
        ),
      ]),
    ];
  },
});

export const paddingEntries: readonly Entry[] = [mirrorPad, pad];
