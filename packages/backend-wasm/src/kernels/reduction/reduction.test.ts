import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

function values(evaluate: () => tf.Tensor): number[] {
  return tf.tidy(() => [...evaluate().dataSync()]);
}

/** Lengths around the steps in which rows are taken: vectors, four vectors, blocks of rows, chunks. */
const lengths = [1, 3, 4, 5, 15, 16, 17, 63, 127, 128, 129, 130, 137, 1023, 1024, 1025, 2049];

describe('extrema', () => {
  it.each(lengths)('find a NaN wherever it is among %d numbers', (length) => {
    for (const place of new Set([0, 1, length >> 1, length - 1].filter((i) => i < length))) {
      const row = Float32Array.from({ length }, (_, i) => (i === place ? Number.NaN : -i));
      for (const reduce of [tf.max, tf.min]) {
        expect(values(() => reduce(tf.tensor1d(row)))).toEqual([Number.NaN]);
        const columns = values(() => reduce(tf.stack([tf.zerosLike(row), row, tf.onesLike(row)], 1), 0));
        expect(columns).toEqual([0, Number.NaN, 1]);
      }
    }
  });

  it.each(lengths)('are those of %d numbers', (length) => {
    const row = Float32Array.from({ length }, (_, i) => ((i * 7919) % 1000) - 500);
    const [largest, smallest] = [Math.max(...row), Math.min(...row)];
    expect(values(() => tf.stack([tf.max(row), tf.min(row)]))).toEqual([largest, smallest]);
    const tiled = (): tf.Tensor => tf.tile(tf.reshape(row, [length, 1]), [1, 21]);
    expect(values(() => tf.max(tiled(), 0))).toEqual(new Array(21).fill(largest));
    expect(values(() => tf.min(tiled(), 0))).toEqual(new Array(21).fill(smallest));
  });

  it.each(lengths)('are at the first of equal places among %d numbers', (length) => {
    for (const first of [0, length >> 1, length - 1]) {
      const row = Float32Array.from({ length }, (_, i) => (i >= first ? 2 : 1));
      const columns = (): tf.Tensor => tf.tile(tf.reshape(row, [length, 1]), [1, 21]);
      expect(values(() => tf.argMax(tf.tensor1d(row)))).toEqual([first]);
      expect(values(() => tf.argMin(tf.neg(tf.tensor1d(row))))).toEqual([first]);
      expect(values(() => tf.argMax(columns(), 0))).toEqual(new Array(21).fill(first));
      expect(values(() => tf.argMax(tf.cast(row, 'int32')))).toEqual([first]);
    }
  });

  it('are at the first place where all numbers are as small as can be, and where the first is NaN', () => {
    const worst = new Float32Array(11).fill(Number.NEGATIVE_INFINITY);
    expect(values(() => tf.argMax(tf.tensor1d(worst)))).toEqual([0]);
    expect(values(() => tf.argMax(tf.tensor1d([Number.NaN, 3, 4, 5, 9])))).toEqual([0]);
    expect(values(() => tf.argMax(tf.tensor1d([1, Number.NaN, 4, 5, 9, 2])))).toEqual([4]);
  });

  it.each(lengths)('are found down %d rows in columns that differ, NaN among them', (length) => {
    const width = 41;
    const data = Float32Array.from({ length: length * width }, (_, i) => ((i * 7919) % 1013) - 500);
    for (let i = 3; i < data.length; i += 211) data[i] = Number.NaN;
    data[1] = Number.NaN;
    const columns = Array.from({ length: width }, (_, k) => data.filter((_, i) => i % width === k));
    const largest = columns.map((column) => column.reduce((a, b) => Math.max(a, b)));
    const places = columns.map((column) => column.reduce((best, x, row) => (x > (column[best] ?? 0) ? row : best), 0));
    const matrix = (): tf.Tensor => tf.tensor2d(data, [length, width]);
    expect(values(() => tf.max(matrix(), 0))).toEqual(largest);
    expect(values(() => tf.argMax(matrix(), 0))).toEqual(places);
    expect(values(() => tf.argMax(tf.transpose(matrix()), 1))).toEqual(places);
    expect(values(() => tf.argMin(tf.cast(tf.neg(tf.zerosLike(matrix())), 'int32'), 0))).toEqual(
      new Array(width).fill(0),
    );
  });

  it('of numbers with both infinities among them are these', () => {
    const row = Float32Array.from(
      { length: 200 },
      (_, i) => [i, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 3] ?? 0,
    );
    for (const columns of [1, 20]) {
      const x = (): tf.Tensor => tf.tile(tf.reshape(row, [200, 1]), [1, columns]);
      expect(values(() => tf.max(x(), 0))).toEqual(new Array(columns).fill(Number.POSITIVE_INFINITY));
      expect(values(() => tf.min(x(), 0))).toEqual(new Array(columns).fill(Number.NEGATIVE_INFINITY));
    }
  });
});

describe('all and any', () => {
  it.each([1, 7, 8, 9, 40])('look at each of %d rows', (rows) => {
    for (const columns of [1, 5, 16, 35]) {
      const size = rows * columns;
      for (const place of new Set([0, size >> 1, size - 1])) {
        const truths = Uint8Array.from({ length: size }, (_, i) => (i === place ? 1 : 0));
        const one = (): tf.Tensor => tf.tensor2d(truths, [rows, columns], 'bool');
        const expected = Array.from({ length: columns }, (_, k) => (k === place % columns ? 1 : 0));
        expect(values(() => tf.any(one(), 0))).toEqual(expected);
        expect(values(() => tf.all(tf.logicalNot(one()), 0))).toEqual(expected.map((x) => 1 - x));
      }
    }
  });
});

describe('sums and means', () => {
  it.each(lengths)('of %d whole numbers are exact', (length) => {
    const row = Float32Array.from({ length }, (_, i) => (i % 13) - 3);
    const sum = row.reduce((a, b) => a + b, 0);
    for (const width of [1, 2, 7, 33]) {
      const columns = (): tf.Tensor => tf.tile(tf.reshape(row, [1, length, 1]), [2, 1, width]);
      expect(values(() => tf.sum(columns(), 1))).toEqual(new Array(2 * width).fill(sum));
    }
  });

  it('of equal numbers is that number', () => {
    for (let count = 1; count < 200; count++) expect(values(() => tf.mean(tf.ones([count])))).toEqual([1]);
  });

  it('of a million numbers loses no more than a few digits, along rows and along columns', () => {
    const count = 2 ** 20;
    const numbers = Float32Array.from({ length: count }, (_, i) => ((i * 40503) % 65536) / 65536);
    const sum = numbers.reduce((a, b) => a + b, 0);
    const [row] = values(() => tf.sum(tf.tensor1d(numbers)));
    const [, column] = values(() => tf.sum(tf.tensor2d(numbers, [count / 2, 2]), 0));
    const odd = numbers.reduce((a, b, i) => (i % 2 === 1 ? a + b : a), 0);
    expect(Math.abs((row ?? 0) - sum) / sum).toBeLessThan(1e-5);
    expect(Math.abs((column ?? 0) - odd) / odd).toBeLessThan(1e-5);
  });
});

describe('running sums', () => {
  it.each([1, 3, 4, 5, 8, 18])(
    'are right for axes of length %d, in both directions, with and without themselves',
    (length) => {
      for (const inner of [1, 3, 4, 6]) {
        for (const [exclusive, reverse] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const data = Float32Array.from({ length: 2 * length * inner }, (_, i) => ((i * 31) % 17) - 5);
          const expected = Array.from(data, (_, place) => {
            const [k, column] = [
              Math.floor(place / inner) % length,
              place - (Math.floor(place / inner) % length) * inner,
            ];
            let sum = 0;
            for (let other = 0; other < length; other++) {
              const counts = reverse ? other > k : other < k;
              if (counts || (other === k && !exclusive)) sum += data[column + other * inner] ?? 0;
            }
            return sum;
          });
          expect(values(() => tf.cumsum(tf.tensor3d(data, [2, length, inner]), 1, exclusive, reverse))).toEqual(
            expected,
          );
        }
      }
    },
  );
});

it('reductions leave no tensor and no memory behind', () => {
  const x = tf.ones([3, 200, 5]);
  const { numTensors, numDataBuffers } = tf.memory();
  for (const axis of [undefined, [], 0, 1, 2, [0, 2], [0, 1, 2]]) {
    for (const reduce of [tf.sum, tf.max, tf.mean, tf.prod]) values(() => reduce(x, axis));
    values(() => tf.mean(tf.cast(x, 'int32'), axis));
  }
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  expect(tf.sum(x, [0, 1, 2]).dataSync()[0]).toBe(3000);
  x.dispose();
});
