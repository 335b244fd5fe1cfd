import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import {
  at,
  broadcastAt,
  elementwise,
  fromIndex,
  indicesOf,
  type NdArray,
  ndArray,
  offsetOf,
  reshaped,
} from '../testing/nd-array.ts';

function transposed(x: NdArray, perm: readonly number[]): NdArray {
  return fromIndex(
    perm.map((axis) => x.shape[axis] as number),
    (...index) => at(x, ...x.shape.map((_, axis) => index[perm.indexOf(axis)] as number)),
  );
}

function tiled(x: NdArray, reps: readonly number[]): NdArray {
  return fromIndex(
    x.shape.map((size, axis) => size * (reps[axis] as number)),
    (...index) => at(x, ...index.map((i, axis) => i % (x.shape[axis] as number))),
  );
}

onEachBackend(() => {
  it('the gradient of clone is right', () => {
    expectRightGradient({ op: tf.clone, reference: elementwise((x) => x), inputs: [[2, 3]] });
  });

  it.each([
    [[6], [2, 3]],
    [[2, 3], [6]],
    [
      [2, 3],
      [3, -1],
    ],
    [[1], []],
    [
      [2, 2, 3],
      [1, 12, 1],
    ],
  ] as const)('the gradient of reshape from %j to %j is right', (from, to) => {
    const shape = to.map((size) => (size === -1 ? 2 : size));
    expectRightGradient({
      op: (x) => tf.reshape(x, [...to]),
      reference: (x) => reshaped(x, shape),
      inputs: [from],
    });
  });

  it('the gradients of expandDims and squeeze are right', () => {
    expectRightGradient({
      op: (x) => tf.expandDims(tf.squeeze(x), -1),
      reference: (x) => reshaped(x, [2, 3, 1]),
      inputs: [[2, 1, 3]],
    });
  });

  it.each([
    [
      [2, 3],
      [1, 0],
    ],
    [
      [2, 3, 2],
      [1, 2, 0],
    ],
    [
      [2, 3, 2],
      [0, 1, 2],
    ],
    [
      [2, 1, 3, 2],
      [3, 1, 0, 2],
    ],
    [
      [2, 1, 3, 2, 2],
      [4, 0, 3, 1, 2],
    ],
  ])('the gradient of transpose of %j by %j is right', (shape, perm) => {
    expectRightGradient({
      op: (x) => tf.transpose(x, perm),
      reference: (x) => transposed(x, perm),
      inputs: [shape],
    });
  });

  it.each([
    [[4], [0]],
    [[2, 3], [1]],
    [
      [2, 3, 2],
      [0, -1],
    ],
  ])('the gradient of reverse of %j along %j is right', (shape, axes) => {
    const along = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
    expectRightGradient({
      op: (x) => tf.reverse(x, axes),
      reference: (x) =>
        fromIndex(shape, (...index) =>
          at(x, ...index.map((i, axis) => (along.includes(axis) ? (shape[axis] as number) - 1 - i : i))),
        ),
      inputs: [shape],
    });
  });

  it('the gradient of flipLeftRight is right', () => {
    expectRightGradient({
      op: (x: tf.Tensor4D) => tf.image.flipLeftRight(x),
      reference: (x) =>
        fromIndex([2, 2, 3, 2], (b, row, column, c) =>
          at(x, b as number, row as number, 2 - (column as number), c as number),
        ),
      inputs: [[2, 2, 3, 2]],
    });
  });

  it.each([
    [[3], [4]],
    [[3], [1]],
    [
      [2, 3],
      [1, 2],
    ],
    [
      [2, 3],
      [3, 2],
    ],
    [
      [1, 2, 3],
      [2, 1, 2],
    ],
    [
      [2, 1, 2, 1, 2],
      [1, 3, 2, 1, 2],
    ],
  ])('the gradient of tile of %j by %j is right', (shape, reps) => {
    expectRightGradient({
      op: (x) => tf.tile(x, reps),
      reference: (x) => tiled(x, reps),
      inputs: [shape],
    });
  });

  it.each([
    [[3], [2, 3]],
    [
      [2, 1, 1],
      [2, 3, 2],
    ],
    [[], [2, 2]],
  ])('the gradient of broadcastTo from %j to %j is right', (from, to) => {
    expectRightGradient({
      op: (x) => tf.broadcastTo(x, to),
      reference: (x) => fromIndex(to, (...index) => broadcastAt(x, index)),
      inputs: [from],
    });
  });

  it.each([[[3]], [[2, 2]]])('the gradient of diag of %j is right', (shape) => {
    expectRightGradient({
      op: (x) => tf.diag(x),
      reference: (x) => {
        const y = ndArray([...shape, ...shape]);
        for (const index of indicesOf(shape)) y.data[offsetOf(y.shape, [...index, ...index])] = at(x, ...index);
        return y;
      },
      inputs: [shape],
    });
  });

  describe('cast', () => {
    it('passes the gradient on to float32', () => {
      const gradient = tf.grad((x) => tf.cast(tf.mul(x, x), 'float32'))(tf.tensor1d([2, 3]));
      expect([...gradient.dataSync()]).toEqual([4, 6]);
    });

    it.each(['int32', 'bool'] as const)('to %s is a step function', (dtype) => {
      const gradient = tf.grad((x) => tf.add(x, tf.cast(x, dtype)))(tf.tensor1d([2.5, -3.5]));
      expect([...gradient.dataSync()]).toEqual([1, 1]);
    });
  });

  it('the gradients of zerosLike and onesLike are zeros', () => {
    const gradient = tf.grad((x) => tf.add(x, tf.add(tf.zerosLike(x), tf.onesLike(x))))(tf.tensor1d([2, 3]));
    expect([...gradient.dataSync()]).toEqual([1, 1]);
  });

  it.each([
    ['reshape', (x: tf.Tensor) => tf.reshape(x, [0])],
    ['transpose', (x: tf.Tensor) => tf.transpose(x)],
    ['reverse', (x: tf.Tensor) => tf.reverse(x, 1)],
    ['tile', (x: tf.Tensor) => tf.tile(x, [2, 2])],
  ])('the gradient of %s of an empty tensor is empty', (_, op) => {
    expect(tf.grad(op)(tf.ones([0, 2])).shape).toEqual([0, 2]);
  });

  it('the gradient of a tile by 0 is zeros', () => {
    expect([
      ...tf
        .grad((x) => tf.tile(x, [0, 2]))(tf.ones([1, 2]))
        .dataSync(),
    ]).toEqual([0, 0]);
  });
});
