import { wasm } from '@sonnetjs/backend-wasm';
import { minimize, resetDefaultGraph, useBackend, variableName } from '@sonnetjs/core';
import { toTensors } from '@sonnetjs/example-kit';
import { stripes } from '@sonnetjs/example-kit/testing';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Reader, Straightener } from './model.ts';

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('Straightener', () => {
  it('changes nothing at first', () => {
    const { images } = toTensors(stripes(10));
    const straightened = new Straightener()(images);
    expect(straightened.shape).toEqual([10, 28, 28]);
    const difference = tf.max(tf.abs(tf.sub(straightened, images)));
    expect(difference.dataSync()[0]).toBeLessThan(1e-4);
  });

  it('learns where to look from what is made of its images', () => {
    // A bright spot, which is to be shown everywhere.
    const spot = tf.pad(tf.ones([4, 9, 9]), [
      [0, 0],
      [4, 15],
      [14, 5],
    ]);
    const straightener = new Straightener();
    const optimizer = tf.train.adam(2e-3);
    const darkness = () => tf.sub(1, tf.mean(straightener(spot)));
    const before = darkness().dataSync()[0] as number;
    for (let step = 0; step < 60; step++) minimize(optimizer, darkness);
    expect(before).toBeGreaterThan(0.85);
    expect(darkness().dataSync()[0]).toBeLessThan(0.5);
  });
});

describe('Reader', () => {
  it('gives ten logits for each image', () => {
    expect(new Reader()(tf.zeros([3, 28, 28])).shape).toEqual([3, 10]);
  });

  it('begins with the same weights, whether it is taught with a straightener or without', () => {
    const weights = (withStraightener: boolean): unknown[] => {
      resetDefaultGraph({ seed: 3 });
      const images = tf.zeros([1, 28, 28]);
      const reader = new Reader();
      reader(withStraightener ? new Straightener()(images) : images);
      return reader.variables.map((variable) => [variableName(variable), [...variable.dataSync()]]);
    };
    expect(weights(true)).toEqual(weights(false));
  });

  it('leaves nothing behind', () => {
    const [reader, straightener] = [new Reader(), new Straightener()];
    const { images } = toTensors(stripes(3));
    tf.dispose(reader(straightener(images)));
    expectNoLeak(() => tf.tidy(() => reader(straightener(images))));
  });
});
