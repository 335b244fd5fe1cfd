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

/** A NaN with the sign bit set, which 0 / 0 gives on many machines, in the place of others. */
function setNegativeNaN(data: Float32Array, place: number): void {
  new Int32Array(data.buffer)[place] = -(2 ** 22);
}

/** Rows and columns around vectors, eight rows, those that are many, and strips of columns. */
const shapes = [
  [1, 1],
  [7, 3],
  [8, 5],
  [64, 4],
  [65, 9],
  [72, 33],
  [131, 2],
  [70, 2053],
  [9, 4099],
] as const;

/** What is filled into a matrix: a number by its row and column. */
const fillings: Readonly<Record<string, (row: number, column: number) => number>> = {
  'numbers of both signs': (row, column) => ((row * 7919 + column * 104729) % 2003) - 1000.5,
  'negative numbers': (row, column) => -0.5 - ((row * 7919 + column * 104729) % 2003),
  'positive numbers': (row, column) => 0.5 + ((row * 7919 + column * 104729) % 2003),
  'negative numbers in some columns': (row, column) => (column % 3 === 1 ? -1 : 1) * (1 + ((row * 31 + column) % 101)),
  zeros: (row, column) => ((row + column) % 2 === 0 ? 0 : -0),
  'infinities among numbers': (row, column) =>
    [1 / 3, Number.POSITIVE_INFINITY, -2, Number.NEGATIVE_INFINITY][(row * 3 + column) % 4] ?? 0,
  'minus infinities': () => Number.NEGATIVE_INFINITY,
  'tiny numbers': (row, column) => (column % 2 === 0 ? 1 : -1) * 1e-44 * (1 + (row % 3)),
};

/** The extremum and its place of numbers, by their definition. */
function expected(numbers: readonly number[], isBetter: (a: number, b: number) => boolean): [number, number] {
  let place = 0;
  for (const [i, number] of numbers.entries()) if (isBetter(number, numbers[place] as number)) place = i;
  return [numbers.some(Number.isNaN) ? Number.NaN : (numbers[place] as number), place];
}

function checkBoth(data: Float32Array, rows: number, columns: number): void {
  const matrix = (): tf.Tensor => tf.tensor2d(data, [rows, columns]);
  const [byColumn, byRow] = [columns, rows].map((count, axis) =>
    Array.from({ length: count }, (_, k) =>
      axis === 0
        ? Array.from({ length: rows }, (__, row) => data[row * columns + k] as number)
        : [...data.subarray(k * columns, (k + 1) * columns)],
    ),
  ) as [number[][], number[][]];
  for (const [axis, lines] of [byColumn, byRow].entries()) {
    for (const [find, place, isBetter] of [
      [tf.max, tf.argMax, (a: number, b: number) => a > b],
      [tf.min, tf.argMin, (a: number, b: number) => a < b],
    ] as const) {
      const all = lines.map((line) => expected(line, isBetter));
      // 0 and -0 are the same extremum.
      expect(values(() => find(matrix(), axis)).map((x) => x + 0)).toEqual(all.map(([x]) => x + 0));
      expect(values(() => place(matrix(), axis))).toEqual(all.map(([, k]) => k));
    }
  }
}

describe('extrema and their places', () => {
  it.each(Object.entries(fillings))('of %s', (_, numberAt) => {
    for (const [rows, columns] of shapes) {
      const data = Float32Array.from({ length: rows * columns }, (__, i) =>
        numberAt(Math.floor(i / columns), i % columns),
      );
      checkBoth(data, rows, columns);
    }
  });

  it.each(['numbers of both signs', 'negative numbers', 'positive numbers'])('of %s with NaN among them', (name) => {
    for (const [rows, columns] of shapes) {
      for (const isNegative of [false, true]) {
        const data = Float32Array.from(
          { length: rows * columns },
          (_, i) => fillings[name]?.(Math.floor(i / columns), i % columns) ?? 0,
        );
        for (let i = data.length >> 1; i < data.length; i += 1009) {
          if (isNegative) setNegativeNaN(data, i);
          else data[i] = Number.NaN;
        }
        checkBoth(data, rows, columns);
      }
    }
  });

  it('are NaN in the lines that have one, wherever it is', () => {
    // A turn of vectors, a vector and numbers; as many lines, so that there are rows at once as well.
    const length = 39;
    for (let place = 0; place < length; place++) {
      for (const isNegative of [false, true]) {
        const data = Float32Array.from({ length: length * length }, (_, i) => ((i * 7919) % 2003) - 1000.5);
        const at = place * length + ((place * 5) % length);
        if (isNegative) setNegativeNaN(data, at);
        else data[at] = Number.NaN;
        checkBoth(data, length, length);
      }
    }
  });

  it('of integers', () => {
    for (const [rows, columns] of shapes) {
      const data = Int32Array.from({ length: rows * columns }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
      const columnOf = (k: number): number[] => Array.from({ length: rows }, (_, row) => data[row * columns + k] ?? 0);
      const all = Array.from({ length: columns }, (_, k) => expected(columnOf(k), (a, b) => a > b));
      const matrix = (): tf.Tensor => tf.tensor2d(data, [rows, columns], 'int32');
      expect(values(() => tf.max(matrix(), 0))).toEqual(all.map(([x]) => x));
      expect(values(() => tf.argMax(matrix(), 0))).toEqual(all.map(([, place]) => place));
    }
  });

  it('of rows after others whose extremum was not certain', () => {
    const row = (sign: number): tf.Tensor => tf.mul(sign, tf.range(1, 2049));
    const mixed = (): tf.Tensor => tf.stack([row(1), row(-1), row(1), tf.fill([2048], Number.NaN), row(1)]);
    expect(values(() => tf.max(mixed(), 1))).toEqual([2048, -1, 2048, Number.NaN, 2048]);
    expect(values(() => tf.min(mixed(), 1))).toEqual([1, -2048, 1, Number.NaN, 1]);
  });
});

it('reductions along the first axis are right wherever a matrix begins in memory', () => {
  for (const [rows, columns] of [
    [9, 132],
    [72, 200],
    [20, 2052],
  ] as const) {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7919) % 1013) - 500);
    const expectedSums = new Array<number>(columns).fill(0);
    for (const [i, x] of data.entries()) expectedSums[i % columns] = (expectedSums[i % columns] ?? 0) + x;
    const kept: tf.Tensor[] = [];
    for (let k = 0; k < 4; k++) {
      // Eight bytes, so that what comes after them is not where it was before.
      kept.push(tf.tensor1d([k, k]));
      checkBoth(data, rows, columns);
      expect(values(() => tf.sum(tf.tensor2d(data, [rows, columns]), 0))).toEqual(expectedSums);
    }
    tf.dispose(kept);
  }
});

describe('a matrix that caches do not hold', () => {
  const [rows, columns] = [2067, 1029];

  it('is reduced along its first axis', () => {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => (Math.imul(i, 7919) >>> 3) % 1021);
    const matrix = tf.tensor2d(data, [rows, columns]);
    const [sums, largest, places] = [new Array<number>(columns).fill(0), [] as number[], [] as number[]];
    for (let k = 0; k < columns; k++) {
      const column = Array.from({ length: rows }, (_, row) => data[row * columns + k] as number);
      sums[k] = column.reduce((a, b) => a + b, 0);
      const [best, place] = expected(column, (a, b) => a > b);
      largest.push(best);
      places.push(place);
    }
    expect(values(() => tf.sum(matrix, 0))).toEqual(sums);
    expect(values(() => tf.max(matrix, 0))).toEqual(largest);
    expect(values(() => tf.argMax(matrix, 0))).toEqual(places);
    matrix.dispose();
  });
});
