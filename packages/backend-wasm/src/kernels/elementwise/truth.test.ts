import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

const truths = (): tf.Tensor => tf.tensor1d([1, 0, 1, 0, 0], 'bool');

describe('where', () => {
  it.each([
    ['int32', 'float32', [7, 8, 9, 10, 11], [7, 0.5, 9, 0.5, 0.5]],
    ['bool', 'float32', [1, 1, 0, 1, 1], [1, 0.5, 0, 0.5, 0.5]],
  ] as const)('makes %s and %s one dtype', (dtype, other, data, expected) => {
    const { numDataBuffers } = tf.memory();
    const result = tf.tidy(() => tf.where(truths(), tf.tensor1d([...data], dtype), tf.fill([5], 0.5, other)));
    expect([result.dtype, ...result.dataSync()]).toEqual([other, ...expected]);
    result.dispose();
    expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
  });

  it('chooses between rows for a condition of one axis', () => {
    const run = (condition: tf.Tensor): number[] => {
      const inputs = { condition, t: tf.ones([5, 3]), e: tf.zeros([5, 3]) };
      return [...(tf.engine().runKernel('Select', inputs) as tf.Tensor).dataSync()];
    };
    expect(tf.tidy(() => run(truths()))).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect(() => tf.tidy(() => run(tf.ones([4], 'bool')))).toThrow('Select: a condition of shape [4] cannot choose');
  });
});

describe('connectives', () => {
  it.each([1, 15, 16, 17, 40, 149])('join %d truth values, whatever byte says true', (length) => {
    const bytes = (step: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i % step === 0 ? i + 1 : 0));
    const [a, b] = [bytes(2), bytes(3)];
    const results = tf.tidy(() => {
      const [x, y] = [tf.tensor1d(a, 'bool'), tf.tensor1d(b, 'bool')];
      return [tf.logicalAnd(x, y), tf.logicalOr(x, y), tf.logicalXor(x, y), tf.logicalNot(x)].map((t) => [
        ...t.dataSync(),
      ]);
    });
    const expected = [
      (p: boolean, q: boolean) => p && q,
      (p: boolean, q: boolean) => p || q,
      (p: boolean, q: boolean) => p !== q,
      (p: boolean) => !p,
    ].map((join) => Array.from(a, (byte, i) => Number(join(byte !== 0, b[i] !== 0))));
    expect(results).toEqual(expected);
  });
});

describe('where of many', () => {
  it.each([15, 16, 17, 37])('chooses %d elements', (length) => {
    const condition = Uint8Array.from({ length }, (_, i) => (i % 3 === 0 ? i + 1 : 0));
    const chosen = tf.tidy(() => [
      ...tf.where(tf.tensor1d(condition, 'bool'), tf.range(0, length), tf.range(100, 100 + length)).dataSync(),
    ]);
    expect(chosen).toEqual(Array.from(condition, (truth, i) => (truth === 0 ? 100 + i : i)));
  });
});

describe('comparisons', () => {
  it.each([1, 4, 7, 16, 23, 37, 71])('compare rows of %d with a row and with a column', (columns) => {
    const x = Float32Array.from({ length: 3 * columns }, (_, i) => (i * 7) % 5);
    const [row, column] = [x.slice(columns, 2 * columns), Float32Array.of(0, 2, 4)];
    const [byRow, byColumn] = tf.tidy(() => {
      const values = tf.tensor2d(x, [3, columns]);
      return [tf.less(values, tf.tensor1d(row)), tf.less(values, tf.tensor2d(column, [3, 1]))].map((t) => [
        ...t.dataSync(),
      ]);
    }) as [number[], number[]];
    expect(byRow).toEqual(Array.from(x, (value, i) => Number(value < (row[i % columns] as number))));
    expect(byColumn).toEqual(Array.from(x, (value, i) => Number(value < (column[Math.floor(i / columns)] as number))));
  });
});

describe('BitwiseAnd and AddN', () => {
  it('combine integers bit by bit, and add any number of tensors', () => {
    const [and, sum, integers] = tf.tidy(() => {
      const inputs = { a: tf.tensor1d([6, -1, 8, 5, 3], 'int32'), b: tf.tensor1d([3, 7, 8, 2, 1], 'int32') };
      const x = tf.range(0, 5);
      const combined = tf.engine().runKernel('BitwiseAnd', inputs) as tf.Tensor;
      return [combined, tf.addN([x, x, tf.ones([5])]), tf.addN([inputs.a, inputs.b])].map((t) => [...t.dataSync()]);
    });
    expect(and).toEqual([2, 7, 8, 0, 1]);
    expect(sum).toEqual([1, 3, 5, 7, 9]);
    expect(integers).toEqual([9, 6, 16, 7, 4]);
  });
});
