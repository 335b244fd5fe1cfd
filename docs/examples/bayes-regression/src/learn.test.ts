import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cars } from './cars.ts';
import { summarize } from './forecast.ts';
import { learn } from './learn.ts';

/** Cars of 80 to 120 horsepower, all on a line. */
const cars: Cars = {
  horsepower: Array.from({ length: 41 }, (_, i) => 80 + i),
  milesPerGallon: Array.from({ length: 41 }, (_, i) => 40 - i / 2),
};

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

describe('learn', () => {
  it('finds the truth in the units of the cars, with weights', async () => {
    const { forecast } = await learn(cars, { steps: 300, seed: 1, bayes: false });
    const { means, noises } = await forecast([90, 110]);
    expect(means[0]).toBeCloseTo(35, 0);
    expect(means[1]).toBeCloseTo(25, 0);
    for (const noise of noises) expect(noise).toBeLessThan(1);
  });

  it('finds it with distributions, and knows less where it saw no cars', async () => {
    const { forecast, variables } = await learn(cars, { steps: 600, seed: 1, bayes: true });
    expect(variables).toHaveLength(12);
    const forecasts = [];
    while (forecasts.length < 50) forecasts.push(await forecast([100, 300]));
    const { means, fromWeights } = summarize(forecasts);
    expect(Math.abs((means[0] as number) - 30)).toBeLessThan(2);
    expect(fromWeights[1]).toBeGreaterThan(3 * (fromWeights[0] as number));
  });

  it('leaves its variables and no other tensor behind, and forecasts leave nothing', async () => {
    const { forecast } = await learn(cars, { steps: 2, seed: 1, bayes: true });
    await forecast([100]);
    await expectNoLeak(() => forecast([100]));
    // The variables of one network are freed, those of the next one take their place.
    await expectNoLeak(async () => {
      await learn(cars, { steps: 2, seed: 1, bayes: true });
    });
  });
});
