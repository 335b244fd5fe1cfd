import { wasm } from '@sonnetjs/backend-wasm';
import { RandomStream, resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { IMAGE_SIZE, PIXELS } from '@sonnetjs/example-kit';
import { stripes } from '@sonnetjs/example-kit/testing';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distortDigits, makeDistort } from './distort.ts';

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

/** A square of ink around the centre: as far as digits reach in MNIST. */
function squares(count: number): tf.Tensor {
  return tf.pad(tf.ones([count, 20, 20]), [
    [0, 0],
    [4, 4],
    [4, 4],
  ]);
}

/** The ink of each image, and its centre of gravity from the centre of the frame, in pixels. */
function measure(images: tf.Tensor): { readonly ink: number[]; readonly x: number[]; readonly y: number[] } {
  const places = tf.linspace(-(IMAGE_SIZE - 1) / 2, (IMAGE_SIZE - 1) / 2, IMAGE_SIZE);
  const ink = tf.sum(images, [1, 2]);
  const x = tf.div(tf.sum(tf.mul(images, tf.reshape(places, [1, 1, -1])), [1, 2]), ink);
  const y = tf.div(tf.sum(tf.mul(images, tf.reshape(places, [1, -1, 1])), [1, 2]), ink);
  return { ink: [...ink.dataSync()], x: [...x.dataSync()], y: [...y.dataSync()] };
}

describe('makeDistort', () => {
  it('makes digits smaller, as much as it says', () => {
    const { ink } = measure(makeDistort()(squares(500), RandomStream.fromSeed(1)));
    const sizes = ink.map((value) => Math.sqrt(value / 400));
    // Some of the largest ones lose a corner to the frame.
    expect(Math.min(...sizes)).toBeGreaterThan(0.38);
    expect(Math.min(...sizes)).toBeLessThan(0.45);
    expect(Math.max(...sizes)).toBeGreaterThan(0.85);
    expect(Math.max(...sizes)).toBeLessThan(0.92);
  });

  it('moves small digits far and large ones little, to all sides', () => {
    const { ink, x, y } = measure(makeDistort()(squares(500), RandomStream.fromSeed(1)));
    const reach = (ink: number) => ((1 - Math.sqrt(ink / 400)) * IMAGE_SIZE) / 2;
    for (const moves of [x, y]) {
      expect(Math.min(...moves)).toBeLessThan(-6);
      expect(Math.max(...moves)).toBeGreaterThan(6);
      expect(Math.abs(moves.reduce((sum, move) => sum + move) / moves.length)).toBeLessThan(0.5);
      for (const [i, move] of moves.entries()) expect(Math.abs(move)).toBeLessThan(reach(ink[i] as number) + 1);
    }
  });

  it('turns digits to both sides, and stands none on its head', () => {
    // The line from the left half to the right half of a digit shows how it was turned.
    const left = tf.pad(tf.ones([1, 20, 10]), [
      [0, 0],
      [4, 4],
      [4, 14],
    ]);
    const right = tf.reverse(left, 2);
    const distort = makeDistort();
    const halves = [left, right].map((half) => measure(distort(tf.tile(half, [300, 1, 1]), RandomStream.fromSeed(1))));
    const angles = Array.from({ length: 300 }, (_, i) => {
      const [dx, dy] = (['x', 'y'] as const).map((axis) => (halves[1]?.[axis][i] ?? 0) - (halves[0]?.[axis][i] ?? 0));
      return (Math.atan2(dy as number, dx as number) * 180) / Math.PI;
    });
    expect(Math.min(...angles)).toBeGreaterThan(-65);
    expect(Math.min(...angles)).toBeLessThan(-50);
    expect(Math.max(...angles)).toBeGreaterThan(50);
    expect(Math.max(...angles)).toBeLessThan(65);
  });

  it('follows from the numbers of the stream', () => {
    const distort = makeDistort();
    const random = RandomStream.fromSeed(1);
    const first = distort(squares(3), random).dataSync();
    expect(distort(squares(3), random).dataSync()).not.toEqual(first);
    expect(distort(squares(3), RandomStream.fromSeed(1)).dataSync()).toEqual(first);
  });

  it('leaves nothing behind but the constants of its graph', () => {
    const distort = makeDistort();
    const images = squares(2);
    tf.dispose(distort(images, RandomStream.fromSeed(1)));
    expectNoLeak(() => distort(images, RandomStream.fromSeed(1)));
  });
});

describe('distortDigits', () => {
  it('gives the same digits for the same seed, and leaves those that it was given', async () => {
    const digits = stripes(10);
    const distorted = await distortDigits(digits, 4);
    expect(distorted.labels).toEqual(digits.labels);
    expect(distorted.pixels).toHaveLength(10 * PIXELS);
    expect(digits.pixels).toEqual(stripes(10).pixels);
    expect(await distortDigits(digits, 4)).toEqual(distorted);
    expect((await distortDigits(digits, 5)).pixels).not.toEqual(distorted.pixels);
  });
});
