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
  it.each([1, 15, 16, 17, 40])('join %d truth values, whatever byte says true', (length) => {
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
