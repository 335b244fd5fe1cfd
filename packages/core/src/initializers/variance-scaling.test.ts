import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { RandomStream } from '../random/random-stream.ts';
import type { Initializer, InitializerContext } from './initializer.ts';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  type VarianceScalingOptions,
  varianceScaling,
} from './variance-scaling.ts';

function values(initializer: Initializer, shape: number[], partition?: InitializerContext['partition']): Float32Array {
  const context = { name: 'w', random: RandomStream.fromSeed(1), ...(partition && { partition }) };
  const tensor = initializer(shape, 'float32', context);
  const result = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return result;
}

/** What the numbers are divided by, found by comparing with a shape whose fans are 1. */
function fanOf(shape: number[], mode: VarianceScalingOptions['mode'], fullShape?: number[]): number {
  const initializer = varianceScaling({ mode, distribution: 'uniform' });
  const partition = fullShape && { fullShape, offset: fullShape.map(() => 0) };
  const unit = values(initializer, [1])[0] as number;
  return Math.round((unit / (values(initializer, shape, partition)[0] as number)) ** 2 * 100) / 100;
}

const stddevOf = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);
const greatestOf = (numbers: Float32Array) => numbers.reduce((greatest, x) => Math.max(greatest, Math.abs(x)), 0);

describe('varianceScaling', () => {
  it('counts the inputs and outputs of matrices, vectors, scalars and convolutions', () => {
    expect([fanOf([40, 60], 'fanIn'), fanOf([40, 60], 'fanOut'), fanOf([40, 60], 'fanAvg')]).toEqual([40, 60, 50]);
    expect([fanOf([7], 'fanIn'), fanOf([7], 'fanOut'), fanOf([7], 'fanAvg')]).toEqual([7, 7, 7]);
    expect([fanOf([], 'fanIn'), fanOf([], 'fanOut'), fanOf([], 'fanAvg')]).toEqual([1, 1, 1]);
    expect([fanOf([3, 5, 2, 4], 'fanIn'), fanOf([3, 5, 2, 4], 'fanOut'), fanOf([3, 5, 2, 4], 'fanAvg')]).toEqual([
      30, 60, 45,
    ]);
  });

  it('takes the fans of the whole for a slice', () => {
    expect(fanOf([10, 60], 'fanIn', [40, 60])).toBe(40);
  });

  it('gives every distribution the same variance', () => {
    for (const distribution of ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const) {
      const numbers = values(varianceScaling({ scale: 2, distribution }), [200, 100]);
      expect(Math.abs(stddevOf(numbers) / 0.1 - 1)).toBeLessThan(3.3 / Math.sqrt(2 * numbers.length));
    }
  });

  it('keeps the bounds of its distributions', () => {
    const shape = [300, 200];
    expect(greatestOf(values(varianceScaling({ distribution: 'uniform' }), shape))).toBeCloseTo(Math.sqrt(3 / 300), 4);
    const truncated = greatestOf(values(varianceScaling(), shape));
    expect(truncated).toBeLessThanOrEqual(2 / Math.sqrt(300) / 0.87962566);
    expect(truncated).toBeGreaterThan(1.99 / Math.sqrt(300) / 0.87962566);
    expect(greatestOf(values(varianceScaling({ distribution: 'untruncatedNormal' }), shape))).toBeGreaterThan(0.2);
  });

  it('refuses options that it does not know', () => {
    expect(() => varianceScaling({ scale: 0 })).toThrow(ValueError);
    expect(() => varianceScaling({ scale: Number.POSITIVE_INFINITY })).toThrow(ValueError);
    expect(() => varianceScaling({ mode: 'fan_in' as 'fanIn' })).toThrow(
      'mode must be one of fanIn, fanOut, fanAvg; got fan_in.',
    );
    expect(() => varianceScaling({ distribution: 'normal' as 'uniform' })).toThrow('distribution must be one of');
  });
});

describe('the named cases', () => {
  it('are what their names say', () => {
    const config = (initializer: Initializer) => initializer.config;
    const seed = 3;
    const uniform = { distribution: 'uniform', seed };
    const normal = { distribution: 'truncatedNormal', seed };
    expect(config(glorotUniform({ seed }))).toEqual({ scale: 1, mode: 'fanAvg', ...uniform });
    expect(config(glorotNormal({ seed }))).toEqual({ scale: 1, mode: 'fanAvg', ...normal });
    expect(config(heUniform({ seed }))).toEqual({ scale: 2, mode: 'fanIn', ...uniform });
    expect(config(heNormal({ seed }))).toEqual({ scale: 2, mode: 'fanIn', ...normal });
    expect(config(lecunUniform({ seed }))).toEqual({ scale: 1, mode: 'fanIn', ...uniform });
    expect(config(lecunNormal({ seed }))).toEqual({ scale: 1, mode: 'fanIn', ...normal });
    expect(greatestOf(values(glorotUniform(), [300, 300]))).toBeCloseTo(Math.sqrt(6 / 600), 4);
  });
});
