import { wasm } from '@sonnetjs/backend-wasm';
import { getTotalKlCost, getVariableMetadata } from '@sonnetjs/bayes';
import { resetDefaultGraph, useBackend, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distributionsForWeights, Network, surprise } from './network.ts';

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

const inputs = () => tf.tensor2d([[-1], [0], [2]]);

describe('Network', () => {
  it('gives a mean and a noise above zero for each input', () => {
    const { means, noises } = new Network()(inputs());
    expect([means.shape, noises.shape]).toEqual([
      [3, 1],
      [3, 1],
    ]);
    expect(Math.min(...noises.dataSync())).toBeGreaterThan(0.01);
  });

  it('gives the same each time with weights, and something else with distributions', () => {
    const means = (network: Network) => [...network(inputs()).means.dataSync()];
    const ordinary = new Network({ name: 'ordinary' });
    expect(means(ordinary)).toEqual(means(ordinary));
    const random = new Network({ name: 'random', customGetter: distributionsForWeights() });
    expect(means(random)).not.toEqual(means(random));
  });

  it('leaves nothing behind', () => {
    const network = new Network({ customGetter: distributionsForWeights() });
    const x = inputs();
    tf.dispose({ ...network(x) });
    expectNoLeak(() => tf.tidy(() => tf.add(surprise(network(x), x), getTotalKlCost())));
  });
});

describe('distributionsForWeights', () => {
  it('gives every weight and bias a posterior, narrow at first, and a standard normal prior', () => {
    new Network({ customGetter: distributionsForWeights() })(inputs());
    const metadata = getVariableMetadata();
    expect(metadata.map(({ rawVariableName }) => rawVariableName)).toEqual(
      [0, 1, 2].flatMap((i) => ['w', 'b'].map((name) => `network/mlp/linear_${i}/${name}`)),
    );
    for (const { posteriorVars, prior } of metadata) {
      const scale = Object.values(posteriorVars).find((variable) =>
        variableName(variable as tf.Variable).endsWith('_scale'),
      );
      for (const deviation of tf.softplus(scale as tf.Tensor).dataSync()) expect(deviation).toBeCloseTo(0.05, 5);
      expect(prior.mean().dataSync()).toEqual(Float32Array.of(0));
    }
  });
});

describe('surprise', () => {
  it('is the mean of minus the logarithm of the density', () => {
    const outlook = { means: tf.tensor2d([[0], [1]]), noises: tf.tensor2d([[1], [2]]) };
    const expected = Math.log(Math.sqrt(2 * Math.PI)) + (1 / 2 + (Math.log(2) + 1 / 2)) / 2;
    expect(surprise(outlook, tf.tensor2d([[1], [3]])).dataSync()[0]).toBeCloseTo(expected, 5);
  });
});
