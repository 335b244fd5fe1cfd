import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { addAt, at, indicesOf, ndArray } from '../testing/nd-array.ts';

const int = (values: number[], shape = [values.length]): tf.Tensor => tf.tensor(values, shape, 'int32');

onEachBackend((backendName) => {
  it.each([
    [[4], [2, 0], [2]],
    [[4], [2, 0], [2, 1]],
    [
      [2, 3],
      [0, 1, 1, 2],
      [2, 2],
    ],
  ])('the gradients of sparseToDense to %j at %j are right', (shape, indices, indexShape) => {
    const vectors = Array.from({ length: indexShape[0] as number }, (_, i) =>
      indices.slice(i * shape.length, (i + 1) * shape.length),
    );
    expectRightGradient({
      op: (values: tf.Tensor, fallback: tf.Scalar) =>
        tf.sparseToDense(int(indices, indexShape), values, shape, fallback),
      reference: (values, fallback) => {
        const y = ndArray(
          shape,
          Array.from({ length: shape.reduce((a, b) => a * b) }, () => at(fallback)),
        );
        vectors.forEach((place, i) => {
          addAt(y, place, at(values, i) - at(fallback));
        });
        return y;
      },
      inputs: [[indexShape[0] as number], []],
    });
  });

  it('the gradient of sparseToDense by one value for all places is the sum of theirs', () => {
    const gradient = tf.grad((value) => tf.sparseToDense(int([0, 2]), value, [4], 0))(
      tf.scalar(1),
      tf.tensor1d([1, 2, 3, 4]),
    );
    expect(gradient.dataSync()[0]).toBe(4);
  });

  describe.each([
    ['sparseSegmentSum', tf.sparse.sparseSegmentSum, false],
    ['sparseSegmentMean', tf.sparse.sparseSegmentMean, true],
  ] as const)('%s', (_, op, isMean) => {
    it.each([
      [
        [4, 2],
        [3, 0, 3],
        [0, 0, 1],
      ],
      [[4], [1, 1, 2], [0, 2, 2]],
    ])('has the right gradient for data of shape %j, rows %j and segments %j', (shape, rows, segments) => {
      expectRightGradient({
        op: (x: tf.Tensor1D) => op(x, int(rows) as tf.Tensor1D, int(segments) as tf.Tensor1D),
        reference: (x) => {
          const y = ndArray([(segments.at(-1) as number) + 1, ...shape.slice(1)]);
          rows.forEach((row, i) => {
            const segment = segments[i] as number;
            const share = isMean ? segments.filter((other) => other === segment).length : 1;
            for (const rest of indicesOf(shape.slice(1))) addAt(y, [segment, ...rest], at(x, row, ...rest) / share);
          });
          return y;
        },
        inputs: [shape],
      });
    });
  });

  it('the gradients of sparseFillEmptyRows are right', () => {
    const indices = int([0, 1, 2, 0, 2, 1], [3, 2]) as tf.Tensor2D;
    expectRightGradient({
      op: (values: tf.Tensor1D, fallback: tf.Scalar) =>
        tf.sparse.sparseFillEmptyRows(indices, values, int([4, 2]) as tf.Tensor1D, fallback).outputValues as tf.Tensor,
      reference: (values, fallback) => {
        const [a, b, c] = values.data as unknown as [number, number, number];
        const empty = at(fallback);
        return ndArray([5], [a, empty, b, c, empty]);
      },
      inputs: [[3], []],
    });
  });

  it('the gradient of the weights of bincount is right', () => {
    const x = [1, 0, 3, 1];
    expectRightGradient({
      op: (weights: tf.Tensor1D) => tf.bincount(int(x) as tf.Tensor1D, weights, 3),
      reference: (weights) => {
        const y = ndArray([3]);
        x.forEach((bin, i) => {
          if (bin < 3) addAt(y, [bin], at(weights, i));
        });
        return y;
      },
      inputs: [[4]],
    });
  });

  it.each([
    [[1, 0, 3, 1], [4]],
    [
      [1, 0, 2, 2, 2, 3],
      [2, 3],
    ],
  ])('the gradient of the weights of denseBincount of %j is right', (x, shape) => {
    expectRightGradient({
      op: (weights: tf.Tensor2D) => tf.denseBincount(int(x, shape) as tf.Tensor2D, weights, 3),
      reference: (weights) => {
        const y = ndArray([...shape.slice(0, -1), 3]);
        for (const index of indicesOf(shape)) {
          const bin = at(ndArray(shape, x), ...index);
          if (bin < 3) addAt(y, [...index.slice(0, -1), bin], at(weights, ...index));
        }
        return y;
      },
      inputs: [shape],
    });
  });

  it('binary counts do not depend on the weights', () => {
    const gradient = tf.grad((weights) =>
      tf.denseBincount(int([0, 1], [1, 2]) as tf.Tensor2D, weights as tf.Tensor2D, 2, true),
    )(tf.ones([1, 2]));
    expect([...gradient.dataSync()]).toEqual([0, 0]);
    expect(backendName).toBe(tf.getBackend());
  });
});
