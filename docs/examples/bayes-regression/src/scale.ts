/** Where numbers lie: their mean, and how far they are from it, as a standard deviation. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

export function scaleOf(values: readonly number[]): Scale {
  const mean = meanOf(values);
  return { mean, deviation: Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) };
}

/** Numbers with a mean of 0 and a standard deviation of 1, if the scale is theirs: networks learn best from such. */
export function standardize(values: readonly number[], { mean, deviation }: Scale): number[] {
  return values.map((value) => (value - mean) / deviation);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
