import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { RandomStream } from '../random/random-stream.ts';
import { identity } from './identity.ts';
import type { Initializer, InitializerContext } from './initializer.ts';
import { orthogonal } from './orthogonal.ts';

function tensorOf(initializer: Initializer, shape: number[], partition?: InitializerContext['partition']): tf.Tensor {
  const context = { name: 'rnn/w', random: RandomStream.fromSeed(9), ...(partition && { partition }) };
  return expectNoLeak(() => initializer(shape, 'float32', context));
}

describe('orthogonal', () => {
  it.each([[[6, 6]], [[8, 3]], [[3, 8]], [[2, 3, 4]], [[2, 2, 9]], [[1, 5]], [[5, 1]]])(
    'is orthogonal for %j',
    (shape) => {
      const w = tensorOf(orthogonal(), shape);
      const matrix = tf.reshape(w, [-1, shape.at(-1) as number]) as tf.Tensor2D;
      const [rows, columns] = matrix.shape;
      const gram = rows < columns ? tf.matMul(matrix, matrix, false, true) : tf.matMul(matrix, matrix, true, false);
      const error = tf.max(tf.abs(tf.sub(gram, tf.eye(Math.min(rows, columns)))));
      expect(error.dataSync()[0]).toBeLessThan(1e-6);
      tf.dispose([w, matrix, gram, error]);
    },
  );

  it('scales by its gain', () => {
    const [plain, scaled] = [tensorOf(orthogonal(), [3, 3]), tensorOf(orthogonal({ gain: 2 }), [3, 3])];
    expect([...scaled.dataSync()]).toEqual([...plain.dataSync()].map((x) => 2 * x));
    tf.dispose([plain, scaled]);
  });

  it('prefers no direction', () => {
    // The sum over many draws of an element, and of its square times the size, whose means are 0 and 1.
    const draws = 400;
    let sum = 0;
    let squares = 0;
    for (let seed = 0; seed < draws; seed++) {
      const w = tensorOf(orthogonal({ seed }), [4, 4]);
      const corner = w.dataSync()[0] as number;
      sum += corner;
      squares += 4 * corner * corner;
      w.dispose();
    }
    expect(Math.abs(sum / draws)).toBeLessThan(3.3 * Math.sqrt(0.25 / draws));
    expect(Math.abs(squares / draws - 1)).toBeLessThan(3.3 * Math.sqrt(1 / draws));
  });

  it('gives the slices of a partitioned variable different numbers, with a seed too', () => {
    const fullShape = [4, 4];
    const first = tensorOf(orthogonal({ seed: 1 }), [2, 4], { fullShape, offset: [0, 0] });
    const second = tensorOf(orthogonal({ seed: 1 }), [2, 4], { fullShape, offset: [2, 0] });
    expect(first.dataSync()).not.toEqual(second.dataSync());
    tf.dispose([first, second]);
  });

  it('refuses vectors, scalars and infinite gains', () => {
    expect(() => tensorOf(orthogonal(), [3])).toThrow(ValueError);
    expect(() => tensorOf(orthogonal(), [])).toThrow('"rnn/w": the shape must have at least two dimensions; got []');
    expect(() => orthogonal({ gain: Number.POSITIVE_INFINITY })).toThrow(ValueError);
  });

  it('takes empty shapes', () => {
    const empty = tensorOf(orthogonal(), [0, 3]);
    expect(empty.shape).toEqual([0, 3]);
    empty.dispose();
  });
});

describe('identity', () => {
  const rowsOf = (w: tf.Tensor) => {
    const rows = w.arraySync();
    w.dispose();
    return rows;
  };

  it('has its gain on the diagonal', () => {
    expect(rowsOf(tensorOf(identity(), [2, 3]))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(rowsOf(tensorOf(identity({ gain: 0.5 }), [2, 1]))).toEqual([[0.5], [0]]);
  });

  it('gives a slice its part of the whole', () => {
    const fullShape = [4, 3];
    expect(rowsOf(tensorOf(identity(), [2, 3], { fullShape, offset: [2, 0] }))).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(rowsOf(tensorOf(identity(), [4, 2], { fullShape, offset: [0, 1] }))).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('refuses other ranks, data types and infinite gains', () => {
    expect(() => tensorOf(identity(), [2, 2, 2])).toThrow('the shape must have two dimensions; got [2,2,2]');
    expect(() => identity()([2, 2], 'int32', { name: 'w', random: RandomStream.fromSeed(0) })).toThrow(TypeError);
    expect(() => identity({ gain: Number.NaN })).toThrow(ValueError);
  });
});
