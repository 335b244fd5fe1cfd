import type { Cars } from './cars.ts';
import type { Forecast } from './forecast.ts';
import { meanOf, scaleOf } from './scale.ts';

/** Fits a line by least squares: the same noise everywhere, and no doubt about the line. */
export function leastSquares({ horsepower, milesPerGallon }: Cars): (horsepower: readonly number[]) => Forecast {
  const x = scaleOf(horsepower);
  const y = scaleOf(milesPerGallon);
  const products = horsepower.map((value, i) => (value - x.mean) * ((milesPerGallon[i] as number) - y.mean));
  const slope = meanOf(products) / x.deviation ** 2;
  const line = (value: number): number => y.mean + slope * (value - x.mean);
  const residuals = horsepower.map((value, i) => (milesPerGallon[i] as number) - line(value));
  const noise = Math.sqrt(meanOf(residuals.map((residual) => residual ** 2)));
  return (values) => ({ means: values.map(line), noises: values.map(() => noise) });
}
