import { randomNumbers } from './values.ts';

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/**
 * The 95 % interval of the median by bootstrap: the medians of 1,000 samples drawn from the values with replacement, less
 * the lowest and the highest fortieth. The draws are the same in every run.
 */
export function bootstrapInterval(values: readonly number[]): readonly [low: number, high: number] {
  const draws = 1000;
  const next = randomNumbers(values.length);
  const medians = Array.from({ length: draws }, () =>
    median(values.map(() => values[Math.floor(next() * values.length)] as number)),
  ).sort((a, b) => a - b);
  const at = (share: number): number => medians[Math.round(share * (draws - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
