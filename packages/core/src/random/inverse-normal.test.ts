import { describe, expect, it } from 'vitest';
import { inverseNormal } from './inverse-normal.ts';

describe('inverseNormal', () => {
  it('gives quantiles to about 16 digits', () => {
    // Computed with Python's statistics.NormalDist.
    const quantiles = [
      [1e-300, -37.0470962993612],
      [1e-50, -14.933337534788489],
      [1e-12, -7.034483825301132],
      [1e-5, -4.2648907939228256],
      [0.0227, -2.0009293881015715],
      [0.0749, -1.4402382675279632],
      [0.0751, -1.4388253927525398],
      [0.2, -0.8416212335729142],
      [0.5, 0],
      [0.6, 0.2533471031357998],
      [0.99, 2.3263478740408408],
      [0.9999999, 5.199337582290662],
    ] as const;
    for (const [probability, quantile] of quantiles) {
      expect(Math.abs(inverseNormal(probability) - quantile)).toBeLessThanOrEqual(1e-15 * Math.abs(quantile));
    }
  });

  it('is symmetric about the median for every word', () => {
    for (let i = 0; i < 1000; i++) {
      const word = Math.floor((i * 2 ** 32) / 2000);
      const probability = (word + 0.5) * 2 ** -32;
      expect(inverseNormal(1 - probability)).toBe(-inverseNormal(probability));
    }
  });

  it('grows with the probability', () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < 10_000; i++) {
      const quantile = inverseNormal(i / 10_000);
      expect(quantile).toBeGreaterThan(last);
      last = quantile;
    }
  });
});
