import { getTotalKlCost } from '@sonnetjs/bayes';
import { resetDefaultGraph } from '@sonnetjs/core';
import { trainSteps } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Cars } from './cars.ts';
import type { Forecast } from './forecast.ts';
import { distributionsForWeights, Network, surprise } from './network.ts';
import { type Scale, scaleOf, standardize } from './scale.ts';

/** What was learned: it gives a forecast at each call, by new weights if they are random. */
export interface Learned {
  readonly forecast: (horsepower: readonly number[]) => Promise<Forecast>;
  readonly variables: readonly tf.Variable[];
}

/** How to learn. */
export interface LearnOptions {
  readonly steps: number;
  readonly seed: number;
  /** Whether to learn distributions of weights in the place of weights. */
  readonly bayes: boolean;
}

/** Trains a new network on cars, all of them in each step, in a new default graph. */
export async function learn(cars: Cars, { steps, seed, bayes }: LearnOptions): Promise<Learned> {
  resetDefaultGraph({ seed });
  const network = new Network({ customGetter: bayes ? distributionsForWeights() : null });
  const [x, y] = [scaleOf(cars.horsepower), scaleOf(cars.milesPerGallon)];
  const inputs = toColumn(cars.horsepower, x);
  const targets = toColumn(cars.milesPerGallon, y);
  const { length } = cars.horsepower;
  await trainSteps({ steps, batch: 1, unit: 'steps', rate: 1e-2 }, () => {
    const loss = surprise(network(inputs), targets);
    // What it costs that weights are known better than before: of all cars, while the loss is that of one.
    return bayes ? tf.add(loss, tf.div(getTotalKlCost(), length)) : loss;
  });
  tf.dispose([inputs, targets]);
  return {
    forecast: (horsepower) => forecastBy(network, horsepower, x, y),
    variables: network.variables,
  };
}

async function forecastBy(network: Network, horsepower: readonly number[], x: Scale, y: Scale): Promise<Forecast> {
  const { means, noises } = tf.tidy(() => ({ ...network(toColumn(horsepower, x)) }));
  const values = [await means.data(), await noises.data()] as const;
  tf.dispose([means, noises]);
  return {
    means: Array.from(values[0], (mean) => y.mean + mean * y.deviation),
    noises: Array.from(values[1], (noise) => noise * y.deviation),
  };
}

function toColumn(values: readonly number[], scale: Scale): tf.Tensor {
  return tf.tensor2d(standardize(values, scale), [values.length, 1]);
}
