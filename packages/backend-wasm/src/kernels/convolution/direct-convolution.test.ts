import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';
import { filterWalk, forwardWalk, singleAxis } from './direct-convolution.ts';

const startedOn = tf.getBackend();
beforeAll(() => wasm().initialize());
afterAll(() => tf.setBackend(startedOn));

const axis = { length: 4, before: 1, windows: 4, stride: 1, taps: 3, dilation: 1 };

describe('walks', () => {
  it('go through results, taps and channels by their distances', () => {
    const { axes, others } = forwardWalk({ batch: 2, axes: [singleAxis, axis, axis], channels: 3 }, 5);
    expect(axes.map(({ xStep, filterStep, outputStep }) => [xStep, filterStep, outputStep])).toEqual([
      [192, 540, 320],
      [48, 180, 80],
      [12, 60, 20],
    ]);
    expect(others).toMatchObject({ items: 2, itemX: 192, summands: 3, columns: 5 });
  });

  it('exchange windows and taps for the gradient by the filter', () => {
    const { axes, others } = filterWalk({ batch: 2, axes: [singleAxis, axis, axis], channels: 3 }, 5);
    expect(axes[1]).toMatchObject({ windows: 3, taps: 4 });
    expect(others).toMatchObject({ items: 3, itemX: 4, summands: 2 });
  });
});

it('keeps apart the plans of more convolutions than fit into memory', () => {
  const run = (size: number): number =>
    tf.tidy(() => {
      const filter = tf.ones<tf.Rank.R4>([1, 2, 1, 1]);
      return tf.sum(tf.conv2d(tf.ones<tf.Rank.R4>([1, 1, size, 1]), filter, 1, 'valid')).dataSync()[0] as number;
    });
  const sizes = Array.from({ length: 100 }, (_, i) => i + 2);
  for (const turn of [sizes, sizes.toReversed()]) {
    expect(turn.map(run)).toEqual(turn.map((size) => 2 * (size - 1)));
  }
});
