import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { elementwise } from '../testing/nd-array.ts';

const shapes = [
  [[], []],
  [[4], [4]],
  [[2, 3], []],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [1, 2, 1, 2],
    [2, 1, 3, 1],
  ],
] as const;

onEachBackend(() => {
  describe.each([
    ['maximum', tf.maximum, Math.max],
    ['minimum', tf.minimum, Math.min],
  ] as const)('the gradients of %s', (_, op, fn) => {
    it.each(shapes)('are right for shapes %j and %j', (a, b) => {
      expectRightGradient({ op: op, reference: elementwise(fn), inputs: [a, b] });
    });

    it('go to the first operand at a tie', () => {
      const [da, db] = tf.grads(op as (...inputs: tf.Tensor[]) => tf.Tensor)([tf.scalar(1), tf.scalar(1)]) as [
        tf.Tensor,
        tf.Tensor,
      ];
      expect([da.dataSync()[0], db.dataSync()[0]]).toEqual([1, 0]);
    });
  });

  it.each([[[]], [[7]], [[2, 3]]])('the gradient of abs is right for shape %j', (shape: number[]) => {
    expectRightGradient({ op: tf.abs, reference: elementwise(Math.abs), inputs: [shape] });
  });

  it('the gradient of abs is 0 at 0', () => {
    expect([
      ...tf
        .grad(tf.abs)(tf.tensor1d([-2, 0, 2]))
        .dataSync(),
    ]).toEqual([-1, 0, 1]);
  });

  it('the gradient of clipByValue is right', () => {
    expectRightGradient({
      op: (x) => tf.clipByValue(x, -1, 0.5),
      reference: elementwise((x) => Math.min(Math.max(x, -1), 0.5)),
      inputs: [[2, 5]],
    });
  });

  it('the gradient of clipByValue passes at the bounds', () => {
    const gradient = tf.grad((x) => tf.clipByValue(x, -1, 1))(tf.tensor1d([-2, -1, 0, 1, 2]));
    expect([...gradient.dataSync()]).toEqual([0, 1, 1, 1, 0]);
  });
});
