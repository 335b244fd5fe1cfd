import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keptShape, passTo, spreadTo, sumTo } from './broadcast.ts';

/** A shape, and one that it broadcasts to. */
const shapes = fc
  .array(fc.record({ size: fc.integer({ min: 0, max: 3 }), isBroadcast: fc.boolean() }), { maxLength: 4 })
  .chain((axes) => fc.integer({ min: 0, max: axes.length }).map((dropped) => ({ axes, dropped })))
  .map(({ axes, dropped }) => ({
    large: axes.map(({ size }) => size),
    small: axes.slice(dropped).map(({ size, isBroadcast }) => (isBroadcast ? 1 : size)),
  }));

const total = (x: tf.Tensor): number => [...x.dataSync()].reduce((sum, value) => sum + value, 0);

it('sumTo keeps the sum and gives the shape', () => {
  fc.assert(
    fc.property(shapes, ({ large, small }) => {
      tf.tidy(() => {
        const sum = sumTo(tf.ones(large), small);
        expect(sum.shape).toEqual(small);
        expect(total(sum)).toBe(large.reduce((a, b) => a * b, 1));
      });
    }),
  );
});

it('spreadTo is what broadcasting does', () => {
  fc.assert(
    fc.property(shapes, ({ large, small }) => {
      tf.tidy(() => {
        const size = small.reduce((a, b) => a * b, 1);
        const x = tf.reshape(tf.range(0, size), small);
        const spread = spreadTo(x, large);
        expect(spread.shape).toEqual(large);
        expect([...spread.dataSync()]).toEqual([...tf.mul(x, tf.ones(large)).dataSync()]);
      });
    }),
  );
});

it('sumTo works on nothing where the shapes are equal, passTo makes a copy', () => {
  tf.tidy(() => {
    const x = tf.ones([2, 3]);
    expect(sumTo(x, [2, 3])).toBe(x);
    expect(passTo(x, [2, 3])).not.toBe(x);
    expect(passTo(x, [3]).shape).toEqual([3]);
    expect(passTo(x, [1, 3]).shape).toEqual([1, 3]);
  });
});

it('keptShape reduces axes to 1', () => {
  expect(keptShape([2, 3, 4], [0, 2])).toEqual([1, 3, 1]);
});
