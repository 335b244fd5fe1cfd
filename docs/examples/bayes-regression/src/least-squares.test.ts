import { expect, it } from 'vitest';
import { leastSquares } from './least-squares.ts';

it('finds a line, and no noise where all cars are on it', () => {
  const forecast = leastSquares({ horsepower: [50, 100, 200], milesPerGallon: [40, 30, 10] });
  const { means, noises } = forecast([0, 150]);
  expect(means[0]).toBeCloseTo(50, 10);
  expect(means[1]).toBeCloseTo(20, 10);
  expect(noises[0]).toBeCloseTo(0, 10);
});

it('takes the distance of cars from the line for noise, the same everywhere', () => {
  // Pairs at the same distance above and below a line of slope 0.
  const forecast = leastSquares({ horsepower: [50, 50, 90, 90], milesPerGallon: [22, 18, 22, 18] });
  expect(forecast([0, 500])).toEqual({ means: [20, 20], noises: [2, 2] });
});
