import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { addAt, at, elementwise, fromIndex, indicesOf, type NdArray, ndArray } from '../testing/nd-array.ts';

interface Gather {
  readonly x: number[];
  readonly indices: number[];
  readonly values: number[];
  readonly axis?: number;
  readonly batchDims?: number;
}

const gathers: readonly Gather[] = [
  { x: [4], indices: [3], values: [2, 0, 2] },
  { x: [4], indices: [], values: [3] },
  { x: [5, 2], indices: [4], values: [4, 1, 1, 0] },
  { x: [5, 2], indices: [2, 2], values: [4, 1, 1, 0] },
  { x: [2, 3], indices: [4], values: [2, 0, 1, 2], axis: 1 },
  { x: [2, 3, 2], indices: [2, 2], values: [2, 0, 2, 1], axis: 1 },
  { x: [2, 2, 3], indices: [2], values: [2, 2], axis: -1 },
  { x: [2, 3], indices: [2, 2], values: [2, 0, 1, 1], axis: 1, batchDims: 1 },
  { x: [2, 3, 2], indices: [2, 4], values: [2, 0, 1, 1, 0, 0, 2, 1], axis: 1, batchDims: 1 },
  { x: [2, 2, 3], indices: [2, 2], values: [2, 0, 1, 1], axis: 2, batchDims: 1 },
  { x: [2, 1, 2, 2, 1], indices: [2], values: [1, 1], axis: 2 },
];

/** As `tf.gather` is defined: the batch axes, the axes of x before, those of the indices, and those of x after. */
function gathered(x: NdArray, { indices, values, axis = 0, batchDims = 0 }: Gather): NdArray {
  const along = axis < 0 ? axis + x.shape.length : axis;
  const before = x.shape.slice(0, along);
  const after = x.shape.slice(along + 1);
  const own = indices.slice(batchDims);
  return fromIndex([...before, ...own, ...after], (...index) => {
    const place = [...index.slice(0, batchDims), ...index.slice(along, along + own.length)];
    const picked = at(ndArray(indices, values), ...place);
    return at(x, ...index.slice(0, along), picked, ...index.slice(along + own.length));
  });
}

onEachBackend((backendName) => {
  describe('gather', () => {
    // With batch dimensions the kernel of wasm itself is wrong.
    const cases = gathers.filter(({ batchDims }) => backendName === 'cpu' || batchDims === undefined);
    it.each(cases)('has the right gradient for %j', (settings) => {
      const { x, indices, values, axis = 0, batchDims = 0 } = settings;
      expectRightGradient({
        op: (input) => tf.gather(input, tf.tensor(values, indices, 'int32'), axis, batchDims),
        reference: (input) => gathered(input, settings),
        inputs: [x],
      });
    });

    it('has a gradient of zeros by no indices', () => {
      const gradient = tf.grad((x) => tf.gather(x, tf.tensor1d([], 'int32')))(tf.ones([3, 2]));
      expect([...gradient.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    });

    it('adds the gradients of a row that occurs many times', () => {
      const gradient = tf.grad((x) => tf.gather(x, tf.zeros([1000], 'int32')))(tf.ones([2, 1]));
      expect([...gradient.dataSync()]).toEqual([1000, 0]);
    });
  });

  const places: readonly (readonly [params: number[], indices: number[], values: number[]])[] = [
    [[4], [3, 1], [2, 0, 1]],
    [
      [3, 2],
      [2, 1],
      [2, 0],
    ],
    [
      [3, 2],
      [3, 2],
      [2, 0, 0, 1, 1, 1],
    ],
    [
      [2, 3, 2],
      [2, 2],
      [0, 2, 1, 0],
    ],
  ];

  /** For each index vector, the rest of the axes that it leaves open. */
  const vectors = (indices: number[], values: number[]): number[][] =>
    indicesOf(indices.slice(0, -1)).map((place) =>
      Array.from({ length: indices.at(-1) as number }, (_, i) => at(ndArray(indices, values), ...place, i)),
    );

  it.each(places)('the gradient of gatherND of %j at %j %j is right', (shape, indices, values) => {
    const rest = shape.slice(indices.at(-1));
    expectRightGradient({
      op: (x) => tf.gatherND(x, tf.tensor(values, indices, 'int32')),
      reference: (x) => {
        const taken = vectors(indices, values);
        return fromIndex([taken.length, ...rest], (row, ...index) =>
          at(x, ...(taken[row as number] as number[]), ...index),
        );
      },
      inputs: [shape],
    });
  });

  it.each([...places, [[3], [4, 1], [1, 1, 0, 1]] as const])(
    'the gradient of scatterND to %j at %j %j is right',
    (shape, indices, values) => {
      const rest = shape.slice(indices.at(-1));
      expectRightGradient({
        op: (x) => tf.scatterND(tf.tensor([...values], [...indices], 'int32'), x, [...shape]),
        reference: (x) => {
          const y = ndArray(shape);
          vectors([...indices], [...values]).forEach((place, row) => {
            for (const index of indicesOf(rest)) addAt(y, [...place, ...index], at(x, row, ...index));
          });
          return y;
        },
        inputs: [[indices[0] as number, ...rest]],
      });
    },
  );

  it.each(places)('the gradients of tensorScatterUpdate of %j at %j %j are right', (shape, indices, values) => {
    const rest = shape.slice(indices.at(-1));
    expectRightGradient({
      // The kernel of cpu writes into its input: it gets a copy of the data.
      op: (x, updates) => tf.tensorScatterUpdate(tf.add(x, 0), tf.tensor(values, indices, 'int32'), updates),
      reference: (x, updates) => {
        const y = ndArray(shape, x.data);
        vectors(indices, values).forEach((place, row) => {
          for (const index of indicesOf(rest)) {
            addAt(y, [...place, ...index], at(updates, row, ...index) - at(y, ...place, ...index));
          }
        });
        return y;
      },
      inputs: [shape, [indices[0] as number, ...rest]],
    });
  });

  // Stock wasm has no kernel of unsortedSegmentSum.
  if (backendName === 'cpu') {
    it.each([
      [[4], [1, 0, 1, 2]],
      [
        [4, 2],
        [2, 2, -1, 0],
      ],
    ])('the gradient of unsortedSegmentSum of %j by %j is right', (shape, ids) => {
      expectRightGradient({
        op: (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 3),
        reference: (x) => {
          const y = ndArray([3, ...shape.slice(1)]);
          for (const [row, ...index] of indicesOf(shape) as [number, ...number[]][]) {
            const id = ids[row] as number;
            if (id >= 0) addAt(y, [id, ...index], at(x, row, ...index));
          }
          return y;
        },
        inputs: [shape],
      });
    });
  }

  it.each([
    [[5], 2],
    [[3, 4], 3],
    [[2, 2, 3], 1],
  ] as [number[], number][])('the gradient of topk of %j with k = %i is right', (shape, k) => {
    expectRightGradient({
      op: (x) => tf.topk(x, k).values,
      reference: (x) =>
        fromIndex(shape.with(-1, k), (...index) => {
          const row = Array.from({ length: shape.at(-1) as number }, (_, i) => at(x, ...index.with(-1, i)));
          return row.sort((a, b) => b - a)[index.at(-1) as number] as number;
        }),
      inputs: [shape],
    });
  });

  describe('where', () => {
    it('has the right gradients by both branches', () => {
      const condition = tf.tensor2d(
        [
          [1, 0, 1],
          [0, 0, 1],
        ],
        [2, 3],
        'bool',
      );
      expectRightGradient({
        op: (a, b) => tf.where(condition, a, b),
        reference: (a, b) =>
          elementwise((c, t, e) => (c ? (t as number) : (e as number)))(ndArray([2, 3], condition.dataSync()), a, b),
        inputs: [[2, 3], [3]],
      });
    });

    it('lets the gradient through where the condition depends on the value', () => {
      const gradient = tf.grad((x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 3)))(tf.tensor1d([-2, 2]));
      expect([...gradient.dataSync()]).toEqual([3, 4]);
    });

    it('keeps infinite slopes of the branch that was not taken away', () => {
      const gradient = tf.grad((x) => tf.where(tf.greater(x, 0), tf.sqrt(x), tf.zerosLike(x)))(tf.tensor1d([4]));
      expect([...gradient.dataSync()]).toEqual([0.25]);
      const [, db] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.where(tf.greater(a, 0), a, b))(
        [tf.scalar(1), tf.scalar(1)],
        tf.scalar(Number.POSITIVE_INFINITY),
      ) as [tf.Tensor, tf.Tensor];
      expect([...db.dataSync()]).toEqual([0]);
    });
  });
});
