import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from './expect-no-leak.ts';

describe('expectNoLeak', () => {
  it('returns what the function returned', () => {
    const { sum } = expectNoLeak(() => tf.tidy(() => ({ sum: tf.add(1, 2) })));
    expect(sum.dataSync()[0]).toBe(3);
    sum.dispose();
  });

  it('counts a tensor that is returned twice once', () => {
    const [first] = expectNoLeak(() => {
      const x = tf.scalar(1);
      return [x, { again: x }] as const;
    });
    first.dispose();
  });

  it('fails when a tensor is left behind', () => {
    const left: tf.Tensor[] = [];
    expect(() => expectNoLeak(() => void left.push(tf.scalar(1)))).toThrow('1 tensors are alive that were not before');
    tf.dispose(left);
  });

  it('fails when fewer tensors are alive than before', () => {
    const x = tf.scalar(1);
    expect(() => expectNoLeak(() => x.dispose())).toThrow('-1 tensors');
  });

  it('lets the stated number of tensors stay', () => {
    const variable = tf.variable(tf.scalar(1));
    const output = expectNoLeak(
      () => {
        tf.keep(tf.scalar(2));
        return tf.mul(variable, 2);
      },
      { kept: 1 },
    );
    expect(output.dataSync()[0]).toBe(2);
    output.dispose();
  });

  it('waits for a promise', async () => {
    const left: tf.Tensor[] = [];
    await expect(
      expectNoLeak(async () => {
        await Promise.resolve();
        left.push(tf.scalar(1));
      }),
    ).rejects.toThrow('1 tensors');
    tf.dispose(left);
  });
});
