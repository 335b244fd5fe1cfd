import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

/** The positions that a strided slice of one axis takes. */
function positions(begin: number, end: number, stride: number): number[] {
  const taken: number[] = [];
  for (let i = begin; stride > 0 ? i < end : i > end; i += stride) taken.push(i);
  return taken;
}

function taken(x: NdArray, perAxis: readonly (readonly number[])[], shape?: readonly number[]): NdArray {
  const y = fromIndex(
    perAxis.map((axis) => axis.length),
    (...index) => at(x, ...index.map((i, axis) => perAxis[axis]?.[i] as number)),
  );
  return { shape: shape ?? y.shape, data: y.data };
}

const mirror = (i: number, size: number, edge: number): number =>
  i < 0 ? -i - edge : i >= size ? 2 * size - 2 + edge - i : i;

onEachBackend(() => {
  it.each([
    [[5], [1], [3]],
    [
      [2, 3],
      [0, 1],
      [2, 2],
    ],
    [
      [2, 3],
      [1, 0],
      [-1, -1],
    ],
    [
      [2, 3, 4],
      [1, 0, 2],
      [1, 3, 2],
    ],
    [
      [2, 2, 3, 2],
      [0, 1, 1, 0],
      [2, 1, 2, 1],
    ],
    [
      [2, 1, 2, 3, 2],
      [1, 0, 0, 1, 1],
      [1, 1, 2, 2, 1],
    ],
  ])('the gradient of slice of %j from %j with size %j is right', (shape, begin, size) => {
    const perAxis = shape.map((length, axis) => {
      const count = size[axis] === -1 ? length - (begin[axis] as number) : (size[axis] as number);
      return Array.from({ length: count }, (_, i) => (begin[axis] as number) + i);
    });
    expectRightGradient({
      op: (x) => tf.slice(x, begin, size),
      reference: (x) => taken(x, perAxis),
      inputs: [shape],
    });
  });

  it('the gradient of slice takes a begin that is one number', () => {
    expect([
      ...tf
        .grad((x) => tf.slice(x, 1))(tf.ones([3, 2]))
        .dataSync(),
    ]).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('the gradient of an empty slice is zeros', () => {
    expect([
      ...tf
        .grad((x) => tf.slice(x, [1], [0]))(tf.ones([3]))
        .dataSync(),
    ]).toEqual([0, 0, 0]);
  });

  it.each([
    [[7], [1], [6], [2]],
    [[7], [0], [7], [3]],
    [[7], [6], [0], [-2]],
    [[7], [5], [1], [-1]],
    [
      [4, 5],
      [0, 4],
      [4, 0],
      [2, -1],
    ],
    [
      [4, 5],
      [3, 1],
      [0, 5],
      [-2, 3],
    ],
    [
      [2, 5, 3],
      [0, 1, 2],
      [2, 5, 0],
      [1, 2, -1],
    ],
  ])('the gradient of stridedSlice of %j from %j to %j by %j is right', (shape, begin, end, strides) => {
    const perAxis = shape.map((_, axis) =>
      positions(begin[axis] as number, end[axis] as number, strides[axis] as number),
    );
    expectRightGradient({
      op: (x) => tf.stridedSlice(x, begin, end, strides),
      reference: (x) => taken(x, perAxis),
      inputs: [shape],
    });
  });

  it('the gradient of stridedSlice knows open ends, an ellipsis and new axes', () => {
    // x[…, newaxis, ::-2]
    expectRightGradient({
      op: (x) => tf.stridedSlice(x, [0, 0, 0], [0, 0, 0], [1, 1, -2], 4, 4, 1, 2, 0),
      reference: (x) =>
        taken(
          x,
          [
            [0, 1],
            [0, 1, 2],
            [4, 2, 0],
          ],
          [2, 3, 1, 3],
        ),
      inputs: [[2, 3, 5]],
    });
  });

  it('the gradient of stridedSlice knows axes that it drops', () => {
    // x[…, 1, :]; tfjs 4.22 itself fails where another axis has a stride.
    expectRightGradient({
      op: (x) => tf.stridedSlice(x, [0, 1, 0], [0, 2, 0], [1, 1, 1], 4, 4, 1, 0, 2),
      reference: (x) => taken(x, [[0, 1], [1], [0, 1, 2, 3, 4]], [2, 5]),
      inputs: [[2, 3, 5]],
    });
  });

  it.each([
    [[3], [[1, 2]]],
    [
      [2, 3],
      [
        [0, 1],
        [2, 0],
      ],
    ],
    [
      [2, 1, 2, 2],
      [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 1],
      ],
    ],
  ] as [number[], [number, number][]][])('the gradient of pad of %j by %j is right', (shape, paddings) => {
    expectRightGradient({
      op: (x) => tf.pad(x, paddings, 0.5),
      reference: (x) =>
        fromIndex(
          shape.map((size, axis) => size + (paddings[axis]?.[0] as number) + (paddings[axis]?.[1] as number)),
          (...index) => {
            const own = index.map((i, axis) => i - (paddings[axis]?.[0] as number));
            return own.every((i, axis) => i >= 0 && i < (shape[axis] as number)) ? at(x, ...own) : 0.5;
          },
        ),
      inputs: [shape],
    });
  });

  it.each([
    ['reflect', [3], [[1, 2]]],
    [
      'reflect',
      [3, 4],
      [
        [2, 0],
        [1, 3],
      ],
    ],
    ['symmetric', [3], [[3, 1]]],
    [
      'symmetric',
      [3, 4],
      [
        [2, 1],
        [0, 4],
      ],
    ],
    [
      'symmetric',
      [2, 1, 3, 2],
      [
        [1, 1],
        [0, 1],
        [2, 0],
        [0, 0],
      ],
    ],
  ] as ['reflect' | 'symmetric', number[], [number, number][]][])(
    'the gradient of %s padding of %j by %j is right',
    (mode, shape, paddings) => {
      const edge = mode === 'symmetric' ? 1 : 0;
      const perAxis = shape.map((size, axis) => {
        const [before, after] = paddings[axis] as [number, number];
        return Array.from({ length: before + size + after }, (_, i) => mirror(i - before, size, edge));
      });
      expectRightGradient({
        op: (x) => tf.mirrorPad(x, paddings, mode),
        reference: (x) => taken(x, perAxis),
        inputs: [shape],
      });
    },
  );
});
