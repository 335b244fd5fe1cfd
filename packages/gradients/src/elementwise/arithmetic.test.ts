import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { elementwise } from '../testing/nd-array.ts';

interface Binary {
  readonly name: string;
  readonly op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly fn: (a: number, b: number) => number;
  readonly ranges?: readonly [a: readonly [number, number], b: readonly [number, number]];
}

const functions: readonly Binary[] = [
  { name: 'add', op: tf.add, fn: (a, b) => a + b },
  { name: 'sub', op: tf.sub, fn: (a, b) => a - b },
  { name: 'mul', op: tf.mul, fn: (a, b) => a * b },
  {
    name: 'div',
    op: tf.div,
    fn: (a, b) => a / b,
    ranges: [
      [-2, 2],
      [0.5, 2],
    ],
  },
  { name: 'squaredDifference', op: tf.squaredDifference, fn: (a, b) => (a - b) ** 2 },
  {
    name: 'pow',
    op: tf.pow,
    fn: (a, b) => a ** b,
    ranges: [
      [0.4, 2],
      [-2, 3],
    ],
  },
  {
    name: 'mod',
    op: tf.mod,
    fn: (a, b) => a - b * Math.floor(a / b),
    ranges: [
      [-2, 4],
      [0.6, 1],
    ],
  },
  {
    name: 'atan2',
    op: tf.atan2,
    fn: Math.atan2,
    ranges: [
      [0.2, 2],
      [-2, 2],
    ],
  },
];

const shapes: readonly (readonly [a: number[], b: number[]])[] = [
  [[], []],
  [[4], [4]],
  [[2, 3], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [2, 3, 2],
    [3, 1],
  ],
  [
    [1, 2, 1, 2],
    [2, 1, 3, 1],
  ],
  [
    [2, 1, 2, 1, 2],
    [2, 1],
  ],
];

onEachBackend(() => {
  describe.each(functions)('the gradients of $name', ({ op, fn, ranges }) => {
    it.each(shapes)('are right for shapes %j and %j', (a, b) => {
      expectRightGradient({
        op,
        reference: elementwise(fn),
        inputs: [
          { shape: a, range: ranges?.[0] },
          { shape: b, range: ranges?.[1] },
        ],
      });
    });

    it.each([
      [[0], [0]],
      [[2, 0], [1]],
      [[1], [3, 0]],
    ])('are zeros for the empty shapes %j and %j', (a, b) => {
      const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) => op(x, y))([tf.ones(a), tf.ones(b)]) as [
        tf.Tensor,
        tf.Tensor,
      ];
      expect([da.shape, db.shape]).toEqual([a, b]);
      expect([...da.dataSync(), ...db.dataSync()].every((value) => value === 0)).toBe(true);
    });
  });

  it('the gradient of a base that is 0 is finite for whole exponents', () => {
    const gradient = (exponent: number): number =>
      tf.tidy(
        () =>
          tf
            .grad((x) => tf.pow(x, exponent))(tf.scalar(0))
            .dataSync()[0] as number,
      );
    expect([0, 1, 2, 3].map(gradient)).toEqual([0, 1, 0, 0]);
  });

  it('the gradient of an exponent is 0 where the base is not positive', () => {
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.pow(tf.tensor1d([-2, 0, 2]), x))(tf.tensor1d([2, 2, 2]))
        .dataSync(),
    );
    expect([...gradient.slice(0, 2)]).toEqual([0, 0]);
    expect(gradient[2]).toBeCloseTo(4 * Math.log(2), 5);
  });

  it('the gradient of neg is right', () => {
    expectRightGradient({ op: tf.neg, reference: elementwise((x) => -x), inputs: [[2, 3]] });
  });

  it('the gradients of addN are right', () => {
    expectRightGradient({
      op: (...terms) => tf.addN(terms),
      reference: elementwise((a, b, c) => a + (b as number) + (c as number)),
      inputs: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    });
  });

  it('the gradient of a float by way of an integer factor is in float32', () => {
    const gradient = tf.grad((x) => tf.mul(x, tf.tensor1d([2, 3], 'int32')))(tf.tensor1d([1, 1]));
    expect([...gradient.dataSync()]).toEqual([2, 3]);
  });

  it('a gradient that is passed on is a copy, so that freeing it frees nothing else', () => {
    const [a, b, dy] = [tf.scalar(1), tf.scalar(2), tf.scalar(3)];
    const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.add(tf.add(x, y), x))([a, b], dy) as [
      tf.Tensor,
      tf.Tensor,
    ];
    expect([da.dataSync()[0], db.dataSync()[0], dy.dataSync()[0]]).toEqual([6, 3, 3]);
    da.dispose();
    expect(db.isDisposed || dy.isDisposed).toBe(false);
  });
});
