import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { exactly, Sums } from '../../expected.ts';
import { axesFromFront, type Dtype, forEachIndex, type NdArray, offsetOf, sizeOf } from '../../nd-array.ts';
import { axis, capped, seed, shape, size } from '../../sizes.ts';
import { ordersOf } from './gathering.ts';

interface Into {
  readonly shape: number[];
}

/** Calls a function for every element of the updates, with the place where it is added. */
function forEachScattered(
  { shape: indexShape, data }: NdArray,
  updates: NdArray,
  into: readonly number[],
  visit: (place: number, flat: number) => void,
): void {
  const [outer, depth] = [indexShape.length - 1, indexShape.at(-1) as number];
  forEachIndex(updates.shape, (index, flat) => {
    const start = offsetOf(indexShape.slice(0, -1), index.slice(0, outer)) * depth;
    visit(offsetOf(into, [...data.slice(start, start + depth), ...index.slice(outer)]), flat);
  });
}

const scatterND = entry<Into>({
  op: 'scatterND',
  family: 'shape',
  cases: fc
    .record({
      sizes: fc.array(size(33), { minLength: 1, maxLength: 4 }),
      count: fc.array(fc.constantFrom<number[]>(1, 2, 3, 5, 9), { minLength: 1, maxLength: 2 }),
      depth: fc.integer({ min: 1, max: 4 }),
      int32: fc.boolean(),
      seed,
    })
    .map(({ sizes, count, depth, int32, seed: at }): OpCase<Into> => {
      const whole = capped(sizes, 400);
      const axes = Math.min(depth, whole.length);
      return {
        inputs: [
          { shape: [...count, axes], dtype: 'int32', below: whole.slice(0, axes) },
          { shape: [...count, ...whole.slice(axes)], dtype: int32 ? 'int32' : 'float32' },
        ],
        attrs: { shape: whole },
        seed: at,
        gradient: !int32,
      };
    }),
  run: ([indices, updates], { shape: into }) => tf.scatterND(indices as tf.Tensor, updates as tf.Tensor, into),
  reference: ([indices, updates], { shape: into }) => {
    const sums = new Sums(into);
    forEachScattered(indices as NdArray, updates as NdArray, into, (place, flat) => {
      sums.add(place, (updates as NdArray).data[flat] as number);
    });
    return [sums.expected((updates as NdArray).dtype)];
  },
  adjoint: ([indices, updates], { shape: into }, [dy]) => {
    const sums = new Sums((updates as NdArray).shape);
    forEachScattered(indices as NdArray, updates as NdArray, into, (place, flat) => {
      sums.add(flat, (dy as NdArray).data[place] as number);
    });
    return [null, sums.expected()];
  },
});

const unsortedSegmentSum = entry<{ segments: number }>({
  op: 'unsortedSegmentSum',
  family: 'shape',
  cases: fc
    .record({
      count: size(257),
      rest: fc.array(size(17), { maxLength: 2 }),
      segments: size(33),
      int32: fc.boolean(),
      seed,
    })
    .map(
      ({ count, rest, segments, int32, seed: at }): OpCase<{ segments: number }> => ({
        inputs: [
          { shape: capped([count, ...rest], 2000), dtype: int32 ? 'int32' : 'float32' },
          { shape: [capped([count, ...rest], 2000)[0] as number], dtype: 'int32', below: [segments] },
        ],
        attrs: { segments },
        seed: at,
        gradient: !int32,
      }),
    ),
  run: ([x, ids], { segments }) => tf.unsortedSegmentSum(x as tf.Tensor, ids as tf.Tensor1D, segments),
  reference: ([x, ids], { segments }) => {
    const { shape: sizes, data, dtype } = x as NdArray;
    const sums = new Sums([segments, ...sizes.slice(1)]);
    const row = sizeOf(sizes.slice(1));
    data.forEach((value, flat) => {
      sums.add(((ids as NdArray).data[Math.floor(flat / row)] as number) * row + (flat % row), value);
    });
    return [sums.expected(dtype)];
  },
  adjoint: ([x, ids], _, [dy]) => {
    const { shape: sizes, data } = x as NdArray;
    const row = sizeOf(sizes.slice(1));
    const gradient = data.map((__, flat) => {
      const id = (ids as NdArray).data[Math.floor(flat / row)] as number;
      return (dy as NdArray).data[id * row + (flat % row)] as number;
    });
    return [exactly(sizes, gradient), null];
  },
});

interface OneHot {
  readonly depth: number;
  readonly on: number;
  readonly off: number;
  readonly dtype: Dtype;
}

const oneHot = entry<OneHot>({
  op: 'oneHot',
  family: 'shape',
  cases: fc
    .record({
      sizes: shape({ maxRank: 3, most: 60 }),
      depth: fc.constantFrom(2, 3, 4, 5, 8, 9, 33),
      values: fc.constantFrom<[number, number][]>([1, 0], [0, 1], [5, -2], [2, 3]),
      dtype: fc.constantFrom<Dtype[]>('float32', 'int32', 'bool'),
      seed,
    })
    .map(
      ({ sizes, depth, values: [on, off], dtype, seed: at }): OpCase<OneHot> => ({
        // What is no position gives a row without a hot one.
        inputs: [{ shape: sizes, dtype: 'int32', range: [-1, depth] }],
        attrs: { depth, dtype, on: dtype === 'bool' ? on & 1 : on, off: dtype === 'bool' ? off & 1 : off },
        seed: at,
      }),
    ),
  run: ([indices], { depth, on, off, dtype }) => tf.oneHot(indices as tf.Tensor, depth, on, off, dtype as 'float32'),
  reference: ([indices], { depth, on, off, dtype }) => {
    const { shape: sizes, data } = indices as NdArray;
    const result = Array.from({ length: data.length * depth }, (_, flat) =>
      data[Math.floor(flat / depth)] === flat % depth ? on : off,
    );
    return [exactly([...sizes, depth], result, dtype)];
  },
});

const topkPositions = entry<{ k: number }>({
  op: 'topkIndices',
  family: 'shape',
  cases: fc
    .record({
      sizes: shape({ minRank: 1, maxRank: 3, empty: false, most: 1100 }),
      portion: fc.integer({ min: 0, max: 100 }),
      whole: fc.boolean(),
      seed,
    })
    .map(({ sizes, portion, whole, seed: at }) => ({
      inputs: [{ shape: sizes, whole }],
      attrs: { k: Math.max(1, Math.floor(((sizes.at(-1) as number) * portion) / 100)) },
      seed: at,
    })),
  run: ([x], { k }) => tf.topk(x as tf.Tensor, k).indices,
  reference: ([x], { k }) => [
    exactly(
      (x as NdArray).shape.with(-1, k),
      ordersOf(x as NdArray).flatMap((order) => order.slice(0, k)),
      'int32',
    ),
  ],
});

const unique = entry<{ axis: number }>({
  op: 'unique',
  family: 'shape',
  cases: shape({ minRank: 1, maxRank: 3, empty: false, most: 400 })
    .chain((sizes) => fc.record({ sizes: fc.constant(sizes), axis: axis(sizes.length), int32: fc.boolean(), seed }))
    .map(({ sizes, axis: along, int32, seed: at }) => ({
      inputs: [{ shape: sizes, whole: true, range: [0, 2], dtype: int32 ? 'int32' : 'float32' }],
      attrs: { axis: along },
      seed: at,
    })),
  run: ([x], { axis: along }) => {
    const { values, indices } = tf.unique(x as tf.Tensor, along);
    return [values, indices];
  },
  reference: ([x], { axis: given }) => {
    const { shape: sizes, data, dtype } = x as NdArray;
    const along = axesFromFront(sizes.length, given)[0] as number;
    const slices: number[][] = Array.from({ length: sizes[along] as number }, () => []);
    forEachIndex(sizes, (index, flat) => {
      slices[index[along] as number]?.push(data[flat] as number);
    });
    const keys = slices.map((slice) => slice.join());
    const different = [...new Set(keys)];
    const result = sizes.with(along, different.length);
    const values = new Float64Array(sizeOf(result));
    forEachIndex(result, (index, flat) => {
      const from = keys.indexOf(different[index[along] as number] as string);
      values[flat] = data[offsetOf(sizes, index.with(along, from))] as number;
    });
    const indices = keys.map((key) => different.indexOf(key));
    return [exactly(result, values, dtype), exactly([keys.length], indices, 'int32')];
  },
});

export const scatteringEntries: readonly Entry[] = [oneHot, scatterND, topkPositions, unique, unsortedSegmentSum];
