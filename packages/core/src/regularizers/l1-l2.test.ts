import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { l1, l1l2, l2 } from './l1-l2.ts';
import type { Regularizer } from './regularizer.ts';

beforeAll(() => {
  registerGradients();
});

function lossOf(regularizer: Regularizer, weights: number[]): number | undefined {
  const w = tf.tensor1d(weights);
  const loss = expectNoLeak(() => regularizer(w)) as tf.Tensor;
  expect(loss.shape).toEqual([]);
  const [value] = loss.dataSync();
  tf.dispose([w, loss]);
  return value;
}

function gradientOf(regularizer: Regularizer, weights: number[]): number[] {
  const w = tf.tensor1d(weights);
  const dw = tf.grad((x) => regularizer(x) as tf.Tensor)(w);
  const values = [...dw.dataSync()];
  tf.dispose([w, dw]);
  return values;
}

describe('l1', () => {
  it('is the scaled sum of absolute values', () => {
    expect(lossOf(l1(0.5), [1, -3, 0])).toBe(2);
  });

  it('has gradients, and none at zero', () => {
    expect(gradientOf(l1(0.5), [1, -3, 0]).map((x) => x + 0)).toEqual([0.5, -0.5, 0]);
  });
});

describe('l2', () => {
  it('is half the scaled sum of squares', () => {
    expect(lossOf(l2(0.5), [1, -3, 0])).toBe(2.5);
  });

  it('has gradients', () => {
    expect(gradientOf(l2(0.5), [1, -3, 0]).map((x) => x + 0)).toEqual([0.5, -1.5, 0]);
  });
});

describe('l1l2', () => {
  it('is the sum of both', () => {
    expect(lossOf(l1l2(0.5, 0.25), [1, -3])).toBe(3.25);
    expect(lossOf(l1l2(), [1, -3])).toBe(9);
    expect(gradientOf(l1l2(0.5, 0.25), [1, -3])).toEqual([0.75, -1.25]);
  });

  it('is the one whose scale is not 0', () => {
    expect(lossOf(l1l2(0.5, 0), [1, -3])).toBe(2);
    expect(lossOf(l1l2(0, 0.5), [1, -3])).toBe(2.5);
  });
});

describe('every regularizer', () => {
  it('gives null for scale 0', () => {
    const w = tf.tensor1d([1]);
    for (const regularizer of [l1(0), l2(0), l1l2(0, 0)]) expect(expectNoLeak(() => regularizer(w))).toBeNull();
    w.dispose();
  });

  it('has the name from which losses get theirs', () => {
    expect([l1(1), l2(0), l1l2()].map((regularizer) => regularizer.regularizerName)).toEqual([
      'l1_regularizer',
      'l2_regularizer',
      'l1_l2_regularizer',
    ]);
  });

  it('refuses scales that are negative, infinite or no numbers', () => {
    expect(() => l1(-1)).toThrow(ValueError);
    expect(() => l2(Number.NaN)).toThrow('regularizers.l2: scale must be finite and not negative; got NaN.');
    expect(() => l1l2(1, Number.POSITIVE_INFINITY)).toThrow('regularizers.l1l2: scaleL2 must be finite');
    expect(() => l1('1' as unknown as number)).toThrow(TypeError);
  });
});
