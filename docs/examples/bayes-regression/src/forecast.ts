import { meanOf } from './scale.ts';

/** What one model expects: for each car a normal distribution of its miles per gallon. */
export interface Forecast {
  readonly means: readonly number[];
  /** Standard deviations: how much cars of the same power differ. */
  readonly noises: readonly number[];
}

/** What several models, all of the same weight, expect together. Each list has a place for each car. */
export interface Summary {
  readonly means: readonly number[];
  /** How much the models differ in what they expect: a standard deviation. */
  readonly fromWeights: readonly number[];
  /** How much cars differ according to the models: a standard deviation. */
  readonly fromNoise: readonly number[];
}

/** How good forecasts are. */
export interface Score {
  /** The root of the mean squared error, in miles per gallon. */
  readonly error: number;
  /** The mean logarithm of the density at what was true: higher is better. */
  readonly logLikelihood: number;
}

export function summarize(forecasts: readonly Forecast[]): Summary {
  const means = averageOf(forecasts.map((forecast) => forecast.means));
  const squares = (lists: readonly (readonly number[])[]) => lists.map((list) => list.map((value) => value ** 2));
  const deviations = forecasts.map((forecast) => forecast.means.map((mean, i) => mean - (means[i] as number)));
  return {
    means,
    fromWeights: averageOf(squares(deviations)).map(Math.sqrt),
    fromNoise: averageOf(squares(forecasts.map(({ noises }) => noises))).map(Math.sqrt),
  };
}

/** Compares what models expect together, a mixture of their distributions, with what is true. */
export function score(forecasts: readonly Forecast[], truth: readonly number[]): Score {
  const { means } = summarize(forecasts);
  const densities = forecasts.map((forecast) => truth.map((value, i) => densityAt(value, forecast, i)));
  return {
    error: Math.sqrt(meanOf(truth.map((value, i) => (value - (means[i] as number)) ** 2))),
    logLikelihood: meanOf(averageOf(densities).map(Math.log)),
  };
}

function densityAt(value: number, { means, noises }: Forecast, place: number): number {
  const noise = noises[place] as number;
  const distance = (value - (means[place] as number)) / noise;
  return Math.exp(-(distance ** 2) / 2) / (noise * Math.sqrt(2 * Math.PI));
}

/** The mean of lists, place by place. */
function averageOf(lists: readonly (readonly number[])[]): number[] {
  return (lists[0] ?? []).map((_, i) => meanOf(lists.map((list) => list[i] as number)));
}
