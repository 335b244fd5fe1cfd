import { NotImplementedError, RandomStream, ValueError, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Distribution } from './distribution.ts';
import { Normal } from './normal.ts';

function valuesOf(tensor: tf.Tensor): number[] {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
}

const numbers = fc.record({
  loc: fc.double({ min: -3, max: 3, noNaN: true }),
  scale: fc.double({ min: 0.1, max: 4, noNaN: true }),
});

describe('Normal', () => {
  it('samples loc + scale times standard normal numbers', () => {
    const noise = valuesOf(RandomStream.fromSeed(5).normal([2]));
    const normal = new Normal(tf.tensor1d([10, -20]), tf.tensor1d([0.5, 2]));
    const sample = valuesOf(normal.sample(RandomStream.fromSeed(5)));
    expect(sample).toEqual([10 + 0.5 * (noise[0] ?? 0), -20 + 2 * (noise[1] ?? 0)].map((x) => expect.closeTo(x, 4)));
    expect(valuesOf(normal.sample(RandomStream.fromSeed(5)))).toEqual(sample);
  });

  it('has the mean and the spread of its parameters', () => {
    const sample = valuesOf(new Normal(tf.fill([20_000], 3), 0.5).sample(RandomStream.fromSeed(1)));
    const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length;
    const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 2);
  });

  it('broadcasts its parameters', () => {
    const [row, column] = [tf.tensor1d([1, 2]), tf.ones([3, 1])];
    const normal = new Normal(row, column);
    expect(normal.shape).toEqual([3, 2]);
    expect(normal.sample(RandomStream.fromSeed(1)).shape).toEqual([3, 2]);
    expect(valuesOf(normal.mean())).toEqual([1, 2, 1, 2, 1, 2]);
    expect(new Normal(row, 3).mean()).toBe(row);
    expect([new Normal(4, 3).shape, valuesOf(new Normal(4, 3).mean())]).toEqual([[], [4]]);
  });

  it('has the density of its definition', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: -5, max: 5, noNaN: true }), ({ loc, scale }, x) => {
        const density = Math.exp(-((x - loc) ** 2) / (2 * scale ** 2)) / (scale * Math.sqrt(2 * Math.PI));
        for (const normal of [new Normal(loc, scale), new Normal(tf.scalar(loc), tf.scalar(scale))]) {
          const [logProb = 0] = valuesOf(normal.logProb(tf.scalar(x)));
          expect(Math.abs(logProb - Math.log(density))).toBeLessThan(1e-3 * (1 + Math.abs(Math.log(density))));
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('has a divergence that is zero to itself and otherwise what the definition says', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const expected = Math.log(b.scale / a.scale) + (a.scale ** 2 + (a.loc - b.loc) ** 2) / (2 * b.scale ** 2) - 0.5;
        const [left, right] = [new Normal(a.loc, a.scale), new Normal(b.loc, tf.scalar(b.scale))];
        const [divergence = 0] = valuesOf(left.klDivergence(right));
        expect(Math.abs(divergence - expected)).toBeLessThan(1e-4 * (1 + expected));
        expect(valuesOf(left.klDivergence(left))).toEqual([0]);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('is differentiable by both parameters, through samples too', () => {
    const [loc, scale] = [tf.variable(tf.tensor1d([1, 2]), true, 'loc'), tf.variable(tf.scalar(0.5), true, 'scale')];
    const noise = valuesOf(RandomStream.fromSeed(4).normal([2]));
    const { value, grads } = valueAndGrads(() => tf.sum(new Normal(loc, scale).sample(RandomStream.fromSeed(4))), {
      variables: [loc, scale],
    });
    expect(valuesOf(grads.loc as tf.Tensor)).toEqual([1, 1]);
    expect(valuesOf(grads.scale as tf.Tensor)[0]).toBeCloseTo((noise[0] ?? 0) + (noise[1] ?? 0), 5);
    const cost = valueAndGrads(() => tf.sum(new Normal(loc, scale).klDivergence(new Normal(0, 2))), {
      variables: [loc, scale],
    });
    expect(valuesOf(cost.grads.loc as tf.Tensor)).toEqual([0.25, 0.5]);
    expect(valuesOf(cost.grads.scale as tf.Tensor)[0]).toBeCloseTo(2 * (0.5 / 4 - 1 / 0.5), 5);
    tf.dispose([loc, scale, value, cost.value]);
  });

  it('leaves nothing behind', () => {
    const parameters = [tf.tensor1d([1, 2]), tf.scalar(0.5)] as const;
    const [normal, prior] = [new Normal(...parameters), new Normal(0, 1)];
    const x = tf.ones([2]);
    const results = expectNoLeak(() => [
      normal.sample(RandomStream.fromSeed(1)),
      normal.logProb(x),
      normal.klDivergence(prior),
      prior.mean(),
    ]);
    tf.dispose(results);
  });

  it('refuses parameters that cannot be', () => {
    const make = (loc: unknown, scale: unknown) => () => new Normal(loc as number, scale as number);
    expect(make(0, 0)).toThrow('scale must be above 0; got 0');
    for (const [loc, scale] of [
      [0, -1],
      [Number.NaN, 1],
      [0, Infinity],
      [tf.ones([2]), tf.ones([3])],
    ]) {
      expect(make(loc, scale)).toThrow(ValueError);
    }
    expect(make(tf.ones([2]), tf.ones([3]))).toThrow('loc [2] and of scale [3] do not fit');
    for (const [loc, scale] of [
      ['0', 1],
      [0, null],
      [tf.ones([2], 'int32'), 1],
    ]) {
      expect(make(loc, scale)).toThrow(TypeError);
    }
  });

  it('does not know its divergence to other distributions', () => {
    class Uniform {
      readonly isReparameterized = true;
    }
    const other = new Uniform() as unknown as Distribution;
    expect(() => new Normal(0, 1).klDivergence(other)).toThrow(NotImplementedError);
    expect(() => new Normal(0, 1).klDivergence(other)).toThrow('the KL divergence to Uniform is not known');
  });
});
