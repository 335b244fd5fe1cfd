import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

function values(evaluate: () => tf.Tensor): number[] {
  return tf.tidy(() => [...evaluate().dataSync()]);
}

const indices = (numbers: number[], shape: [number, number]): tf.Tensor2D => tf.tensor2d(numbers, shape, 'int32');

describe('indices outside of a tensor', () => {
  const x = [
    [1, 2],
    [3, 4],
  ];

  it.each<readonly [string, () => tf.Tensor, string]>([
    ['gather', () => tf.gather(x, [0, 2]), 'GatherV2: the index value 2 is not in [0, 1].'],
    ['gather', () => tf.gather(x, [-1], 1), 'GatherV2: the index value -1 is not in [0, 1].'],
    ['gatherND', () => tf.gatherND(x, [[1], [50]]), 'GatherNd: the index [50] is not in the shape [2, 2].'],
    ['gatherND', () => tf.gatherND(x, [[1, -1]]), 'GatherNd: the index [1, -1] is not in the shape [2, 2].'],
    [
      'scatterND',
      () => tf.scatterND(indices([1, 7], [2, 1]), tf.ones([2]), [4]),
      'ScatterNd: the index [7] is not in the shape [4].',
    ],
    [
      'tensorScatterUpdate',
      () => tf.tensorScatterUpdate(tf.zeros([2, 3]), indices([0, 0, 1, 3], [2, 2]), tf.ones([2])),
      'TensorScatterUpdate: the index [1, 3] is not in the shape [2, 3].',
    ],
    [
      'sparseToDense',
      () => tf.sparseToDense(tf.tensor1d([0, -4], 'int32'), tf.ones([2]), [4], 0),
      'SparseToDense: the index [-4] is not in the shape [4].',
    ],
  ])('are refused by %s', (_, run, message) => {
    tf.engine().startScope();
    const { numDataBuffers } = tf.memory();
    expect(run).toThrow(message);
    tf.engine().endScope();
    expect(tf.memory().numDataBuffers).toBeLessThanOrEqual(numDataBuffers);
  });

  it.each([0, 3, 15, 16, 31, 32, 38])('are found among many, at %d', (place) => {
    for (const bad of [5, -1, 2 ** 31 - 1, -(2 ** 31)]) {
      const many = Array.from({ length: 39 }, (_, i) => (i === place ? bad : i % 5));
      const run = () => tf.tidy(() => tf.gather(tf.range(0, 5), tf.tensor1d(many, 'int32')));
      expect(run).toThrow(`GatherV2: the index value ${bad} is not in [0, 4].`);
    }
    const none = () => tf.tidy(() => tf.gather(tf.zeros([0, 2]), tf.zeros([39], 'int32')));
    expect(none).toThrow('GatherV2: the index value 0 is not in [0, -1].');
  });

  it('do not matter where there are none', () => {
    expect(values(() => tf.gatherND(x, tf.zeros([0, 2], 'int32')))).toEqual([]);
    expect(values(() => tf.gather(x, tf.tensor1d([], 'int32')))).toEqual([]);
    expect(values(() => tf.scatterND(tf.zeros([0, 1], 'int32') as tf.Tensor2D, tf.zeros([0]), [3]))).toEqual([0, 0, 0]);
  });
});

describe('indices inside', () => {
  it('go to the kernels of stock tfjs', () => {
    expect(
      values(() =>
        tf.gatherND(
          [
            [1, 2],
            [3, 4],
          ],
          [
            [1, 0],
            [0, 1],
          ],
        ),
      ),
    ).toEqual([3, 2]);
    expect(values(() => tf.scatterND(indices([2, 0], [2, 1]), tf.tensor1d([5, 6]), [3]))).toEqual([6, 0, 5]);
    expect(values(() => tf.sparseToDense(tf.scalar(1, 'int32'), tf.scalar(9), [3], 0))).toEqual([0, 9, 0]);
  });

  it('gather rows of any dtype along any axis', () => {
    const truths = tf.tensor2d([1, 0, 0, 0, 1, 1], [2, 3], 'bool');
    expect(values(() => tf.gather(truths, [2, 0], 1))).toEqual([0, 1, 1, 0]);
    expect(
      values(() =>
        tf.gather(tf.tensor1d([7, 8, 9], 'int32'), [
          [2, 2],
          [0, 1],
        ]),
      ),
    ).toEqual([9, 9, 7, 8]);
    truths.dispose();
  });
});

describe('sums of segments', () => {
  it('leave out segments that there are not', () => {
    expect(values(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3]), tf.tensor1d([0, -1, 7], 'int32'), 2))).toEqual([
      1, 0,
    ]);
  });

  it('count truths', () => {
    const sum = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 1, 1, 0], 'bool'), tf.tensor1d([1, 1, 0, 0], 'int32'), 2),
    );
    expect([sum.dtype, ...sum.dataSync()]).toEqual(['int32', 1, 2]);
    sum.dispose();
  });

  it('refuse more segments than rows', () => {
    const sum = (): tf.Tensor => tf.unsortedSegmentSum(tf.ones([3]), tf.zeros([6], 'int32') as tf.Tensor1D, 2);
    expect(() => tf.tidy(sum)).toThrow('UnsortedSegmentSum: x must begin with the shape of segmentIds.');
  });
});

describe('one-hot rows', () => {
  it.each([
    ['float32', 1, 0, [0, 1, 0, 0, 0, 0]],
    ['float32', 2.5, -1, [-1, 2.5, -1, -1, -1, -1]],
    ['int32', 7, 3, [3, 7, 3, 3, 3, 3]],
    ['bool', 1, 0, [0, 1, 0, 0, 0, 0]],
  ] as const)(
    'of %s have %d at an index and %d elsewhere; one that is not in the row has none',
    (dtype, on, off, all) => {
      expect(values(() => tf.oneHot(tf.tensor1d([1, 3], 'int32'), 3, on, off, dtype))).toEqual([...all]);
    },
  );
});
