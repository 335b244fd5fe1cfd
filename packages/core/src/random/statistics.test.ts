/** The distributions of what a stream draws, with fixed seeds: each limit is one that a correct draw rarely exceeds. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { RandomStream } from './random-stream.ts';

const N = 100_000;

function sample(draw: (stream: RandomStream) => tf.Tensor, seed: number): Float32Array {
  const tensor = draw(RandomStream.fromSeed(seed));
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

function moments(values: Float32Array): { mean: number; stddev: number; skewness: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  const stddev = Math.sqrt(central(2));
  return { mean, stddev, skewness: central(3) / stddev ** 3 };
}

/** The Kolmogorov–Smirnov distance times the root of the sample size: above 1.95 once in a thousand. */
function kolmogorovSmirnov(values: Float32Array, cumulative: (x: number) => number): number {
  const sorted = values.toSorted();
  let distance = 0;
  sorted.forEach((x, i) => {
    const expected = cumulative(x);
    distance = Math.max(distance, Math.abs((i + 1) / sorted.length - expected), Math.abs(expected - i / sorted.length));
  });
  return distance * Math.sqrt(sorted.length);
}

/** The normal distribution function, as an integral by Simpson's rule. */
function normalCumulative(x: number): number {
  const steps = 200;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * density((i * x) / steps);
  return 0.5 + (sum * x) / steps / 3;
}

describe('draws with fixed seeds', () => {
  it('are uniform', () => {
    const values = sample((stream) => stream.uniform([N], { min: -1, max: 3 }), 1);
    expect(kolmogorovSmirnov(values, (x) => (x + 1) / 4)).toBeLessThan(1.95);
    expect(values.every((x) => x >= -1 && x < 3)).toBe(true);
  });

  it('are normal', () => {
    const values = sample((stream) => stream.normal([N]), 2);
    const { mean, stddev, skewness } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(3.3 / Math.sqrt(N));
    expect(Math.abs(stddev - 1)).toBeLessThan(3.3 / Math.sqrt(2 * N));
    expect(Math.abs(skewness)).toBeLessThan(3.3 * Math.sqrt(6 / N));
    expect(kolmogorovSmirnov(values, normalCumulative)).toBeLessThan(1.95);
  });

  it('are normal with a given mean and standard deviation', () => {
    const { mean, stddev } = moments(sample((stream) => stream.normal([N], { mean: 5, stddev: 0.5 }), 3));
    expect(mean).toBeCloseTo(5, 2);
    expect(stddev).toBeCloseTo(0.5, 2);
  });

  it('are normal within two standard deviations', () => {
    const values = sample((stream) => stream.truncatedNormal([N]), 4);
    const { mean, stddev } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(3.3 / Math.sqrt(N));
    expect(stddev).toBeCloseTo(0.8796, 2);
    expect(values.every((x) => Math.abs(x) <= 2)).toBe(true);
    const below = normalCumulative(-2);
    const cumulative = (x: number) => (normalCumulative(x) - below) / (1 - 2 * below);
    expect(kolmogorovSmirnov(values, cumulative)).toBeLessThan(1.95);
  });

  it('are ones with a given probability', () => {
    const { mean } = moments(sample((stream) => stream.bernoulli([N], 0.3), 5));
    expect(Math.abs(mean - 0.3)).toBeLessThan(3.3 * Math.sqrt(0.21 / N));
  });

  it('are integers of equal probability', () => {
    const counts = new Array<number>(10).fill(0);
    for (const x of sample((stream) => stream.integers([N], { max: 10 }), 6)) counts[x] = (counts[x] as number) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0);
    expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom: exceeded once in a thousand
  });

  it('do not repeat between neighbouring seeds, labels and positions', () => {
    const streams = [
      ...Array.from({ length: 50 }, (_, seed) => RandomStream.fromSeed(seed)),
      ...Array.from({ length: 50 }, (_, label) => RandomStream.fromSeed(0, label)),
      ...Array.from({ length: 50 }, (_, label) => RandomStream.fromSeed(0, `w_${label}`)),
    ];
    const words = streams.flatMap((stream) => [...stream.bits(100)]);
    // 15,000 words of 2^32: 0.026 pairs are expected to be equal.
    expect(words.length - new Set(words).size).toBe(0);
  });

  it('are not correlated between streams', () => {
    const a = sample((stream) => stream.split('a').normal([N]), 7);
    const b = sample((stream) => stream.split('b').normal([N]), 7);
    const correlation = a.reduce((sum, x, i) => sum + x * (b[i] as number), 0) / N;
    expect(Math.abs(correlation)).toBeLessThan(3.3 / Math.sqrt(N));
  });
});
