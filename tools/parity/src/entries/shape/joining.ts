import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { axesFromFront, type NdArray, offsetOf } from '../../nd-array.ts';
import { type Moves, movesOf } from '../../references/moves.ts';
import { axis, seed, shape } from '../../sizes.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

const kind = fc.constantFrom(...kinds);

function fromFront(rank: number, along: number): number {
  return axesFromFront(rank, along)[0] as number;
}

const concat = movingEntry<{ axis: number }>({
  op: 'concat',
  cases: shape({ minRank: 1, maxRank: 4, most: 500 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        axis: axis(sizes.length),
        lengths: fc.array(fc.constantFrom(1, 2, 3, 4, 5, 8, 0), { minLength: 1, maxLength: 5 }),
        kind,
        seed,
      }),
    )
    .map(({ sizes, axis: along, lengths, kind: values, seed: at }) => {
      const inputs = lengths.map((length) => ({ shape: sizes.with(along, length), ...values }));
      return movingCase(inputs, { axis: along }, at);
    }),
  run: (inputs, { axis: along }) => tf.concat(inputs, along),
  moves: (inputs, { axis: given }) => {
    const { shape: sizes } = inputs[0] as NdArray;
    const along = fromFront(sizes.length, given);
    const lengths = inputs.map((input) => input.shape[along] as number);
    const whole = lengths.reduce((a, b) => a + b, 0);
    return [
      movesOf(sizes.with(along, whole), (index) => {
        let [input, at] = [0, index[along] as number];
        for (; at >= (lengths[input] as number); input++) at -= lengths[input] as number;
        return [input, offsetOf((inputs[input] as NdArray).shape, index.with(along, at))];
      }),
    ];
  },
});

const stack = movingEntry<{ axis: number }>({
  op: 'stack',
  cases: shape({ maxRank: 4, most: 500 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        axis: axis(sizes.length + 1),
        count: fc.integer({ min: 1, max: 5 }),
        kind,
        seed,
      }),
    )
    .map(({ sizes, axis: along, count, kind: values, seed: at }) =>
      movingCase(
        Array.from({ length: count }, () => ({ shape: sizes, ...values })),
        { axis: along },
        at,
      ),
    ),
  run: (inputs, { axis: along }) => tf.stack(inputs, along),
  moves: (inputs, { axis: given }) => {
    const { shape: sizes } = inputs[0] as NdArray;
    const along = fromFront(sizes.length + 1, given);
    return [
      movesOf(sizes.toSpliced(along, 0, inputs.length), (index) => [
        index[along] as number,
        offsetOf(sizes, index.toSpliced(along, 1)),
      ]),
    ];
  },
});

const unstack = movingEntry<{ axis: number }>({
  op: 'unstack',
  cases: shape({ minRank: 1, maxRank: 4, empty: false })
    .chain((sizes) => fc.record({ sizes: fc.constant(sizes), axis: axis(sizes.length), kind, seed }))
    .map(({ sizes, axis: along, kind: values, seed: at }) => {
      // Hundreds of results of a call say no more than a few.
      const few = (sizes.at(along) as number) > 33 ? sizes.with(along, 33) : sizes;
      return movingCase([{ shape: few, ...values }], { axis: along }, at);
    }),
  run: ([x], { axis: along }) => tf.unstack(x as tf.Tensor, along),
  moves: ([x], { axis: given }) => {
    const { shape: sizes } = x as NdArray;
    const along = fromFront(sizes.length, given);
    return Array.from({ length: sizes[along] as number }, (_, i) =>
      movesOf(sizes.toSpliced(along, 1), (index) => [0, offsetOf(sizes, index.toSpliced(along, 0, i))]),
    );
  },
});

interface Split {
  readonly axis: number;
  /** How many equal parts, or the length of each; one of them may be -1 for what is left. */
  readonly parts: number | number[];
}

const split = movingEntry<Split>({
  op: 'split',
  cases: shape({ minRank: 1, maxRank: 4, most: 400 })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        axis: axis(sizes.length),
        lengths: fc.array(fc.constantFrom<number[]>(1, 2, 3, 4, 8, 17), { minLength: 1, maxLength: 5 }),
        form: fc.constantFrom<('equal' | 'lengths' | 'rest')[]>('equal', 'lengths', 'rest'),
        kind,
        seed,
      }),
    )
    .map(({ sizes, axis: along, lengths, form, kind: values, seed: at }) => {
      const equal = form === 'equal';
      const first = lengths[0] as number;
      const length = equal ? first * lengths.length : lengths.reduce((a, b) => a + b, 0);
      const parts = form === 'rest' ? lengths.with(-1, -1) : lengths;
      return movingCase(
        [{ shape: sizes.with(along, length), ...values }],
        { axis: along, parts: equal ? lengths.length : parts },
        at,
      );
    }),
  // tfjs writes into the list.
  run: ([x], { axis: along, parts }) => tf.split(x as tf.Tensor, typeof parts === 'number' ? parts : [...parts], along),
  moves: ([x], { axis: given, parts }): Moves[] => {
    const { shape: sizes } = x as NdArray;
    const along = fromFront(sizes.length, given);
    const whole = sizes[along] as number;
    const listed = typeof parts === 'number' ? new Array<number>(parts).fill(whole / parts) : parts;
    const named = listed.reduce((sum, length) => sum + Math.max(length, 0), 0);
    let start = 0;
    return listed.map((part) => {
      const length = part < 0 ? whole - named : part;
      const from = start;
      start += length;
      return movesOf(sizes.with(along, length), (index) => [
        0,
        offsetOf(sizes, index.with(along, from + (index[along] as number))),
      ]);
    });
  },
});

export const joiningEntries: readonly Entry[] = [concat, split, stack, unstack];
