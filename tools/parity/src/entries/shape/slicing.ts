import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { type NdArray, offsetOf } from '../../nd-array.ts';
import { movesOf } from '../../references/moves.ts';
import { seed, shape } from '../../sizes.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

const kind = fc.constantFrom(...kinds);

/** A part of an axis. */
function part(size: number): fc.Arbitrary<[begin: number, length: number]> {
  return fc
    .tuple(fc.nat({ max: size }), fc.nat({ max: size }), fc.nat({ max: 9 }))
    .map(([a, b, whole]) => (whole < 3 ? [0, size] : [Math.min(a, b), Math.abs(a - b)]));
}

const slice = movingEntry<{ begin: number[]; size: number[] }>({
  op: 'slice',
  cases: shape({ minRank: 1, maxRank: 5 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        parts: fc.tuple(...sizes.map(part)),
        toEnd: fc.boolean(),
        kind,
        seed,
      }),
    )
    .map(({ sizes, parts, toEnd, kind: values, seed: at }) => {
      const begin = parts.map(([first]) => first);
      // -1 stands for all that follows.
      const size = parts.map(([first, length], axis) => (toEnd && first + length === sizes[axis] ? -1 : length));
      return movingCase([{ shape: sizes, ...values }], { begin, size }, at);
    }),
  run: ([x], { begin, size }) => tf.slice(x as tf.Tensor, begin, size),
  moves: ([x], { begin, size }) => {
    const { shape: sizes } = x as NdArray;
    const result = size.map((length, axis) =>
      length < 0 ? (sizes[axis] as number) - (begin[axis] as number) : length,
    );
    return [
      movesOf(result, (index) => [
        0,
        offsetOf(
          sizes,
          index.map((i, axis) => i + (begin[axis] as number)),
        ),
      ]),
    ];
  },
});

/** One entry of a strided slice's lists, with its bit of every mask. */
export interface Stride {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
  readonly mask: 'none' | 'begin' | 'end' | 'both' | 'shrink' | 'newAxis' | 'ellipsis';
}

const stride: fc.Arbitrary<Stride> = fc.record({
  begin: fc.integer({ min: -6, max: 6 }),
  end: fc.integer({ min: -6, max: 9 }),
  stride: fc.constantFrom(1, 1, 2, 3, -1, -2),
  mask: fc.constantFrom<Stride['mask'][]>(
    'none',
    'none',
    'begin',
    'end',
    'both',
    'both',
    'shrink',
    'newAxis',
    'ellipsis',
  ),
});

export interface StridedSlice {
  readonly strides: readonly Stride[];
}

/** What fits a shape: at most one entry an axis, one ellipsis, and single positions that exist. */
function fitted(sizes: readonly number[], strides: readonly Stride[]): Stride[] {
  const result: Stride[] = [];
  let [axis, ellipsis] = [0, false];
  for (const given of strides) {
    const consumes = given.mask !== 'newAxis' && given.mask !== 'ellipsis';
    if (given.mask === 'ellipsis' && ellipsis) continue;
    if (consumes && axis === sizes.length) continue;
    // Behind an ellipsis the axes are counted from the end: whole ones fit any.
    const size = sizes[axis] as number;
    if (!consumes) result.push({ ...given, stride: 1 });
    else if (ellipsis || (given.mask === 'shrink' && size === 0)) result.push({ ...given, mask: 'both' });
    else if (given.mask === 'shrink')
      result.push({ ...given, stride: 1, begin: Math.max(-size, Math.min(given.begin, size - 1)) });
    else result.push(given);
    if (consumes) axis += 1;
    ellipsis ||= given.mask === 'ellipsis';
  }
  return result;
}

/** The positions that a stride takes from an axis. */
function positionsOf({ begin, end, stride: by, mask }: Stride, size: number): number[] {
  if (mask === 'shrink') return [begin < 0 ? begin + size : begin];
  const [low, high] = by > 0 ? [0, size] : [-1, size - 1];
  const bounded = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const first = mask === 'begin' || mask === 'both' ? (by > 0 ? low : high) : bounded(begin);
  const last = mask === 'end' || mask === 'both' ? (by > 0 ? high : low) : bounded(end);
  return Array.from({ length: Math.max(0, Math.ceil((last - first) / by)) }, (_, i) => first + i * by);
}

/** The positions of every axis of the input, and which axes the result has: of the input's or new ones. */
export function planOf(
  sizes: readonly number[],
  strides: readonly Stride[],
): { positions: number[][]; axes: (number | null)[] } {
  const positions: number[][] = [];
  const axes: (number | null)[] = [];
  const consuming = strides.filter(({ mask }) => mask !== 'newAxis' && mask !== 'ellipsis').length;
  const whole = (): void => {
    axes.push(positions.length);
    positions.push([...new Array<number>(sizes[positions.length] as number).keys()]);
  };
  for (const given of strides) {
    if (given.mask === 'newAxis') axes.push(null);
    else if (given.mask === 'ellipsis') for (let i = consuming; i < sizes.length; i++) whole();
    else {
      if (given.mask !== 'shrink') axes.push(positions.length);
      positions.push(positionsOf(given, sizes[positions.length] as number));
    }
  }
  while (positions.length < sizes.length) whole();
  return { positions, axes };
}

function maskOf(strides: readonly Stride[], ...masks: Stride['mask'][]): number {
  return strides.reduce((bits, { mask }, i) => (masks.includes(mask) ? bits | (1 << i) : bits), 0);
}

const stridedSlice = movingEntry<StridedSlice>({
  op: 'stridedSlice',
  cases: fc
    .record({
      sizes: shape({ minRank: 1, maxRank: 4 }),
      strides: fc.array(stride, { minLength: 1, maxLength: 5 }),
      kind,
      seed,
    })
    .map(({ sizes, strides, kind: values, seed: at }) =>
      movingCase([{ shape: sizes, ...values }], { strides: fitted(sizes, strides) }, at),
    )
    .filter(({ attrs }) => attrs.strides.length > 0),
  run: ([x], { strides }) =>
    tf.stridedSlice(
      x as tf.Tensor,
      strides.map(({ begin }) => begin),
      strides.map(({ end }) => end),
      strides.map(({ stride: by }) => by),
      maskOf(strides, 'begin', 'both'),
      maskOf(strides, 'end', 'both'),
      maskOf(strides, 'ellipsis'),
      maskOf(strides, 'newAxis'),
      maskOf(strides, 'shrink'),
    ),
  moves: ([x], { strides }) => {
    const { shape: sizes } = x as NdArray;
    const { positions, axes } = planOf(sizes, strides);
    const result = axes.map((axis) => (axis === null ? 1 : (positions[axis] as number[]).length));
    return [
      movesOf(result, (index) => {
        const from = positions.map(([first]) => first as number);
        for (const [i, axis] of axes.entries()) {
          if (axis !== null) from[axis] = positions[axis]?.[index[i] as number] as number;
        }
        return [0, offsetOf(sizes, from)];
      }),
    ];
  },
});

export const slicingEntries: readonly Entry[] = [slice, stridedSlice];
