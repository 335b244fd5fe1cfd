import { describe, expect, it } from 'vitest';
import { type Forecast, score, summarize } from './forecast.ts';

const one: Forecast = { means: [20, 30], noises: [3, 1] };
const other: Forecast = { means: [24, 30], noises: [4, 1] };

const density = (distance: number, noise: number) =>
  Math.exp(-((distance / noise) ** 2) / 2) / (noise * Math.sqrt(2 * Math.PI));

describe('summarize', () => {
  it('gives the mean, and separately what models differ in and what they expect cars to differ in', () => {
    const { means, fromWeights, fromNoise } = summarize([one, other]);
    expect(means).toEqual([22, 30]);
    expect(fromWeights).toEqual([2, 0]);
    expect(fromNoise).toEqual([Math.sqrt((9 + 16) / 2), 1]);
  });

  it('finds no doubt in a single model', () => {
    expect(summarize([one])).toEqual({ means: one.means, fromWeights: [0, 0], fromNoise: one.noises });
  });
});

describe('score', () => {
  it('is that of the mean and of the density, of a single model', () => {
    const { error, logLikelihood } = score([one], [23, 30]);
    expect(error).toBeCloseTo(Math.sqrt(9 / 2), 12);
    expect(logLikelihood).toBeCloseTo((Math.log(density(3, 3)) + Math.log(density(0, 1))) / 2, 12);
  });

  it('mixes the densities of models, and not their logarithms', () => {
    const { error, logLikelihood } = score([one, other], [22, 30]);
    expect(error).toBe(0);
    const mixed = (density(2, 3) + density(2, 4)) / 2;
    expect(logLikelihood).toBeCloseTo((Math.log(mixed) + Math.log(density(0, 1))) / 2, 12);
  });
});
