import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';
import { expectRightGradient } from './testing/gradient-check.ts';
import { broadcastAt, broadcastShape, fromIndex, type NdArray } from './testing/nd-array.ts';

function product(a: NdArray, b: NdArray, transposeA: boolean, transposeB: boolean): NdArray {
  const [rows, inner] = (transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2)) as [number, number];
  const columns = b.shape.at(transposeB ? -2 : -1) as number;
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return fromIndex([...batch, rows, columns], (...index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const outer = index.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum +=
        broadcastAt(a, [...outer, ...(transposeA ? [k, row] : [row, k])]) *
        broadcastAt(b, [...outer, ...(transposeB ? [column, k] : [k, column])]);
    }
    return sum;
  });
}

/** The batches of both operands. Batches such as [2, 1] and [1, 3] are left out: tfjs 4.22 multiplies them wrongly. */
const batches: readonly (readonly [a: number[], b: number[]])[] = [
  [[], []],
  [[3], [3]],
  [[3], []],
  [[3], [1]],
  [[], [3]],
  [[1], [3]],
  [[2, 3], []],
  [
    [2, 3],
    [1, 1],
  ],
];

onEachBackend(() => {
  describe.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('the gradients of matMul with transposes %s and %s', (transposeA, transposeB) => {
    it.each(batches)('are right for the batches %j and %j', (aBatch, bBatch) => {
      expectRightGradient({
        op: (a, b) => tf.matMul(a, b, transposeA, transposeB),
        reference: (a, b) => product(a, b, transposeA, transposeB),
        inputs: [
          [...aBatch, ...(transposeA ? [2, 4] : [4, 2])],
          [...bBatch, ...(transposeB ? [3, 2] : [2, 3])],
        ],
      });
    });
  });

  it('the gradients of a product over no elements are zeros', () => {
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b))([tf.ones([0, 2]), tf.ones([2, 3])]);
    expect(gradients.map(({ shape }) => shape)).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect([...(gradients[1] as tf.Tensor).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('dot and outerProduct are differentiable', () => {
    expectRightGradient({
      op: (a, b) => tf.dot(a, b),
      reference: (a, b) => product(a, { shape: [3, 1], data: b.data }, false, false),
      inputs: [[2, 3], { shape: [3, 1] }],
    });
  });

  it('a fused layer without an activation is differentiable', () => {
    expectRightGradient({
      op: (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) => tf.fused.matMul({ a: a, b: b, bias: bias }),
      reference: (a, b, bias) => {
        const y = product(a, b, false, false);
        return fromIndex(y.shape, (...index) => broadcastAt(y, index) + broadcastAt(bias, index));
      },
      inputs: [[4, 2], [2, 3], [3]],
      secondOrder: false,
    });
  });
});
