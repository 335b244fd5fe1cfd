import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyNth, inversePermutation, permuted, spreadOut, windowOf } from './layout.ts';

/** The numbers from 1 on in a shape: none is zero. */
function counting(shape: number[]): tf.Tensor {
  return tf.reshape(tf.range(1, 1 + shape.reduce((a, b) => a * b, 1)), shape);
}

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

describe('permuted', () => {
  it('is undone by the inverse permutation', () => {
    const orders = shape.chain((sizes) =>
      fc
        .shuffledSubarray(
          sizes.map((_, i) => i),
          { minLength: sizes.length },
        )
        .map((order) => ({ sizes, order })),
    );
    fc.assert(
      fc.property(orders, ({ sizes, order }) => {
        tf.tidy(() => {
          const x = counting(sizes);
          const back = permuted(permuted(x, order), inversePermutation(order));
          expect(back.shape).toEqual(sizes);
          expect([...back.dataSync()]).toEqual([...x.dataSync()]);
        });
      }),
    );
  });

  it('does nothing where nothing moves', () => {
    tf.tidy(() => {
      const x = counting([2, 3]);
      expect(permuted(x, [0, 1])).toBe(x);
    });
  });
});

describe('spreadOut', () => {
  it('puts zeros after every element, which everyNth takes away', () => {
    tf.tidy(() => {
      expect([...spreadOut(counting([3]), 0, 3).dataSync()]).toEqual([1, 0, 0, 2, 0, 0, 3, 0, 0]);
      expect([...spreadOut(counting([2, 2]), 1, 2).dataSync()]).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
    });
    fc.assert(
      fc.property(shape, fc.nat(), fc.integer({ min: 1, max: 3 }), (sizes, place, stride) => {
        tf.tidy(() => {
          const [x, axis] = [counting(sizes), place % sizes.length];
          const back = everyNth(spreadOut(x, axis, stride), axis, 0, sizes[axis] as number, stride);
          expect(back.shape).toEqual(sizes);
          expect([...back.dataSync()]).toEqual([...x.dataSync()]);
        });
      }),
    );
  });
});

describe('everyNth', () => {
  it.each([
    [1, 2, 3, [2, 5]],
    [0, 2, 2, [1, 3]],
    [3, 1, 2, [4]],
    [2, 3, 1, [3, 4, 5]],
  ])('from %i takes %i elements %i apart', (start, count, stride, expected) => {
    tf.tidy(() => {
      expect([...everyNth(counting([6]), 0, start, count, stride).dataSync()]).toEqual(expected);
      const columns = everyNth(counting([2, 6]), 1, start, count, stride);
      expect([...columns.dataSync()]).toEqual([...expected, ...expected.map((value) => value + 6)]);
    });
  });
});

describe('windowOf', () => {
  it.each([
    [[0], [4], [1, 2, 3, 4]],
    [[1], [2], [2, 3]],
    [[-1], [3], [9, 1, 2]],
    [[2], [4], [3, 4, 9, 9]],
    [[-2], [8], [9, 9, 1, 2, 3, 4, 9, 9]],
  ])('from %j with size %j is %j', (begin, size, expected) => {
    tf.tidy(() => {
      expect([...windowOf(counting([4]), begin, size, 9).dataSync()]).toEqual(expected);
    });
  });

  it('is the tensor itself where it covers all of it', () => {
    tf.tidy(() => {
      const x = counting([2, 3]);
      expect(windowOf(x, [0, 0], [2, 3])).toBe(x);
    });
  });
});
