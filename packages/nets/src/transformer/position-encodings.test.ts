import { Graph, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkEncodingSize, positionEncodings, relativeShift } from './position-encodings.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

beforeEach(() => {
  resetDefaultGraph();
});

describe('positionEncodings', () => {
  it('are sines and then cosines of the distance from the end', () => {
    const encodings = positionEncodings(3, 4, 0);
    expect(encodings.shape).toEqual([1, 3, 4]);
    const expected = [2, 1, 0].flatMap((distance) => [
      Math.sin(distance),
      Math.sin(distance / 100),
      Math.cos(distance),
      Math.cos(distance / 100),
    ]);
    valuesOf(encodings).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i] as number, 6);
    });
  });

  it('of a shorter sequence are the last ones of a longer one', () => {
    const long = valuesOf(positionEncodings(7, 2, 0));
    for (const length of [1, 2, 3, 4, 5, 6]) {
      expect(valuesOf(positionEncodings(length, 2, 0))).toEqual(long.slice(-2 * length));
    }
  });

  it('do not tell distances beyond the clamp apart', () => {
    const clamped = valuesOf(positionEncodings(5, 2, 2));
    expect(clamped.slice(0, 2)).toEqual(clamped.slice(4, 6));
    expect(clamped.slice(4)).toEqual(valuesOf(positionEncodings(3, 2, 0)));
  });

  it('keep few tensors, whatever lengths there are, and free them with the graph', () => {
    const before = tf.memory().numTensors;
    const graph = new Graph();
    graph.asDefault(() =>
      tf.tidy(() => {
        for (let length = 1; length <= 64; length++) positionEncodings(length, 4, 0);
      }),
    );
    expect(tf.memory().numTensors - before).toBe(7);
    graph.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('need an even size', () => {
    expect(() => checkEncodingSize(7, 'TransformerTower')).toThrow(ValueError);
    expect(() => checkEncodingSize(7, 'TransformerTower')).toThrow('got 7, for which they would have size 8');
    checkEncodingSize(8, 'TransformerTower');
  });
});

describe('relativeShift', () => {
  it('moves what is for a distance to where that distance is', () => {
    const [rows, columns] = [3, 5];
    // Column j is for distance 4 - j; all rows are told apart by their hundreds.
    const values = Array.from(
      { length: rows * columns },
      (_, i) => 100 * Math.floor(i / columns) + (4 - (i % columns)),
    );
    const shifted = relativeShift(tf.tensor(values, [1, 1, rows, columns]));
    expect(shifted.shape).toEqual([1, 1, rows, columns]);
    const got = valuesOf(shifted);
    for (let row = 0; row < rows; row++) {
      // Row i stands at position i + 2 of the five.
      const seen = got.slice(row * columns, row * columns + row + 3);
      expect(seen).toEqual(seen.map((_, position) => 100 * row + row + 2 - position));
    }
  });

  it('treats every batch and head alike', () => {
    const one = tf.tensor([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
    const shifted = valuesOf(relativeShift(tf.tile(one, [2, 2, 1, 1])));
    const expected = valuesOf(relativeShift(one));
    expect(shifted).toEqual([...expected, ...expected, ...expected, ...expected]);
  });
});
