import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

const epsilon = 0.01;

/** Numbers of some shape, all between 0.5 and 2.5. */
function numbers(shape: number[], seed: number): tf.Tensor {
  const length = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Array.from({ length }, (_, i) => 1.5 + Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    shape,
  );
}

interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly offset?: tf.Tensor | undefined;
  readonly scale?: tf.Tensor | undefined;
}

/** The largest difference from the definition in float64, of moments that go round. */
function worstError(x: tf.Tensor, { mean, variance, offset, scale }: Moments): number {
  return tf.tidy(() => {
    const result = tf.batchNorm(
      x,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      epsilon,
    );
    expect(result.shape).toEqual(x.shape);
    const at = (tensor: tf.Tensor | undefined, without: number): ((i: number) => number) => {
      const data = tensor?.dataSync();
      return (i) => (data === undefined ? without : (data[i % data.length] as number));
    };
    const [means, variances, offsets, scales] = [at(mean, 0), at(variance, 1), at(offset, 0), at(scale, 1)];
    const values = x.dataSync();
    const errors = [...result.dataSync()].map((value, i) => {
      const normalized = ((values[i] as number) - means(i)) / Math.sqrt(variances(i) + epsilon);
      return Math.abs(value - (normalized * scales(i) + offsets(i)));
    });
    return Math.max(0, ...errors);
  });
}

describe('batchNorm', () => {
  it.each([
    [2, 3],
    [7, 1],
    [1, 16],
    [4, 5],
    [9, 17],
    [2, 3, 4],
    [3, 5, 4, 8],
    [2, 2, 3, 5, 33],
  ])('of numbers of shape %d, %d, … is by its definition', (...shape) => {
    const [x, c] = [numbers(shape, 1), [shape.at(-1) as number]];
    const [mean, variance, offset, scale] = [2, 3, 4, 5].map((seed) => numbers(c, seed)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    // tfjs's batchNorm is for ranks 1 to 4.
    const given = shape.length > 4 ? tf.reshape(x, [-1, ...shape.slice(-3)]) : x;
    for (const some of [{}, { offset }, { scale }, { offset, scale }]) {
      expect(worstError(given, { mean, variance, ...some })).toBeLessThan(2e-5);
    }
    tf.dispose([x, given, mean, variance, offset, scale]);
  });

  it('takes moments of another shape than channels', () => {
    const x = numbers([2, 3, 4], 1);
    const [mean, variance] = [numbers([2, 3, 4], 2), numbers([2, 3, 4], 3)];
    expect(worstError(x, { mean, variance })).toBeLessThan(2e-5);
    tf.dispose([x, mean, variance]);
  });

  it('takes tensors without elements', () => {
    const c = numbers([3], 1);
    const x = tf.zeros([0, 3]);
    expect(worstError(x, { mean: c, variance: c })).toBe(0);
    tf.dispose([c, x]);
  });
});
