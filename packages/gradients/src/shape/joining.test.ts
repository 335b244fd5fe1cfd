import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray, reshaped } from '../testing/nd-array.ts';

function concatenated(parts: readonly NdArray[], axis: number): NdArray {
  const first = parts[0] as NdArray;
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  return fromIndex(first.shape.with(axis, total), (...index) => {
    let position = index[axis] as number;
    const part = parts.find(({ shape }) => {
      if (position < (shape[axis] as number)) return true;
      position -= shape[axis] as number;
      return false;
    }) as NdArray;
    return at(part, ...index.with(axis, position));
  });
}

/** Distinct weights for the parts, so that parts in the wrong place are noticed. */
function mixed(parts: tf.Tensor[]): tf.Tensor {
  return tf.addN(parts.map((part, i) => tf.mul(part, i + 1)));
}

onEachBackend(() => {
  it.each([
    [[[2], [3]], 0],
    [
      [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      1,
    ],
    [
      [
        [2, 1],
        [2, 3],
      ],
      -1,
    ],
    [
      [
        [1, 2, 2],
        [2, 2, 2],
      ],
      0,
    ],
    [
      [
        [2, 1, 2, 3],
        [2, 2, 2, 3],
      ],
      1,
    ],
  ])('the gradients of concat of %j along %i are right', (shapes, axis) => {
    const along = axis < 0 ? axis + (shapes[0] as number[]).length : axis;
    expectRightGradient({
      op: (...parts) => tf.concat(parts, axis),
      reference: (...parts) => concatenated(parts, along),
      inputs: shapes,
    });
  });

  it('the gradient of concat of an empty part is empty', () => {
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.concat([a, b], 1))([
      tf.ones([2, 0]),
      tf.ones([2, 2]),
    ]);
    expect(gradients.map(({ shape }) => shape)).toEqual([
      [2, 0],
      [2, 2],
    ]);
  });

  it.each([
    [[], 0],
    [[3], 0],
    [[3], 1],
    [[2, 3], -1],
    [[2, 3, 2], 2],
  ] as [number[], number][])('the gradients of stack of %j along %i are right', (shape, axis) => {
    const along = axis < 0 ? axis + shape.length + 1 : axis;
    expectRightGradient({
      op: (...parts) => tf.stack(parts, axis),
      reference: (...parts) =>
        concatenated(
          parts.map((part) => reshaped(part, shape.toSpliced(along, 0, 1))),
          along,
        ),
      inputs: [shape, shape, shape],
    });
  });

  it.each([
    [[6], 3, 0],
    [[2, 4], 2, 1],
    [[2, 4], 2, -1],
    [[4, 1, 2], 2, 0],
    [[2, 3], 1, 1],
  ] as [number[], number, number][])('the gradient of split of %j into %i along %i is right', (shape, count, axis) => {
    const along = axis < 0 ? axis + shape.length : axis;
    const size = (shape[along] as number) / count;
    expectRightGradient({
      op: (x) => mixed(tf.split(x, count, axis)),
      reference: (x) =>
        fromIndex(shape.with(along, size), (...index) =>
          Array.from(
            { length: count },
            (_, i) => (i + 1) * at(x, ...index.with(along, (index[along] as number) + i * size)),
          ).reduce((a, b) => a + b),
        ),
      inputs: [shape],
    });
  });

  it('the gradient of a split of which only one part is used is zero elsewhere', () => {
    const gradient = tf.grad((x) => tf.split(x, [1, 2, 1])[1] as tf.Tensor)(tf.ones([4]));
    expect([...gradient.dataSync()]).toEqual([0, 1, 1, 0]);
  });

  it.each([
    [[3], 0],
    [[2, 3], 1],
    [[2, 3], -2],
    [[1, 3], 0],
  ] as [number[], number][])('the gradient of unstack of %j along %i is right', (shape, axis) => {
    const along = axis < 0 ? axis + shape.length : axis;
    expectRightGradient({
      op: (x) => mixed(tf.unstack(x, axis)),
      reference: (x) =>
        fromIndex(shape.toSpliced(along, 1), (...index) =>
          Array.from(
            { length: shape[along] as number },
            (_, i) => (i + 1) * at(x, ...index.toSpliced(along, 0, i)),
          ).reduce((a, b) => a + b),
        ),
      inputs: [shape],
    });
  });
});
