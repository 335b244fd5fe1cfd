import {
  Graph,
  initializers,
  minimize,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableScope,
} from '@sonnetjs/core';
import { Linear, Sequential } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { adaptiveGaussianPriorBuilder } from './adaptive-gaussian-prior-builder.ts';
import { type BayesByBackpropOptions, bayesByBackpropGetter } from './bayes-by-backprop-getter.ts';
import { getTotalKlCost } from './get-total-kl-cost.ts';
import { getVariableMetadata } from './get-variable-metadata.ts';
import { analyticKlBuilder, type KlBuilder, stochasticKlBuilder } from './kl-builders.ts';
import { Normal } from './normal.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

const x = tf.ones([4, 3]);

function makeNet(options: BayesByBackpropOptions = {}): (inputs: tf.Tensor) => tf.Tensor {
  const net = variableScope('net', { customGetter: bayesByBackpropGetter(options) }, () => {
    return new Sequential([new Linear(2, { name: 'first' }), tf.tanh, new Linear(1, { name: 'second' })]);
  });
  return (inputs) => net(inputs) as tf.Tensor;
}

const costOf = (options: { filterByNameSubstring?: string } = {}): number => {
  const cost = getTotalKlCost(options);
  const [value = Number.NaN] = cost.dataSync();
  cost.dispose();
  return value;
};

describe('getTotalKlCost', () => {
  it('sums the costs of all variables, each once', () => {
    const net = makeNet({ klBuilder: analyticKlBuilder });
    net(x);
    net(x);
    const costs = getVariableMetadata().map(({ klCost }) => klCost.dataSync()[0] ?? 0);
    expect(costs).toHaveLength(4);
    expect(costOf()).toBeCloseTo(
      costs.reduce((sum, cost) => sum + cost, 0),
      1,
    );
  });

  it('counts the variables whose name contains the filter', () => {
    makeNet({ klBuilder: () => tf.scalar(1) })(x);
    const counts = ['net', 'first', 'second/b', '/w', 'net/'].map((filterByNameSubstring) =>
      costOf({ filterByNameSubstring }),
    );
    expect(counts).toEqual([4, 2, 1, 2, 4]);
  });

  it('refuses a filter that is no string', () => {
    const filterByNameSubstring = 5 as unknown as string;
    expect(() => getTotalKlCost({ filterByNameSubstring })).toThrow(TypeError);
    expect(() => getTotalKlCost({ filterByNameSubstring })).toThrow(
      'getTotalKlCost: filterByNameSubstring must be a string, which names are to contain, or null for all; got 5.',
    );
  });

  it('is zero without variables, and says so once for each graph', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect([costOf(), costOf()]).toEqual([0, 0]);
    const graph = new Graph();
    graph.asDefault(() => costOf({ filterByNameSubstring: 'net' }));
    graph.dispose();
    expect(warn.mock.calls.flat()).toEqual([
      'getTotalKlCost: there are no Bayes by Backprop variables, so the cost is 0.',
      'getTotalKlCost: there are no Bayes by Backprop variables whose name contains "net", so the cost is 0.',
    ]);
  });

  it('is estimated from the sample of the latest connection, or is exact', () => {
    const net = makeNet({ priorBuilder: () => new Normal(0, 1) });
    net(x);
    const first = costOf();
    expect(costOf()).toBe(first);
    net(x);
    expect(costOf()).not.toBe(first);
    const byHand = tf.tidy(() =>
      tf.addN(
        getVariableMetadata().map(({ posterior, prior, posteriorEstimate }) =>
          stochasticKlBuilder(posterior, prior, posteriorEstimate),
        ),
      ),
    );
    expect(costOf()).toBe(byHand.dataSync()[0]);
    resetDefaultGraph({ seed: 1 });
    const exact = makeNet({ priorBuilder: () => new Normal(0, 1), klBuilder: analyticKlBuilder });
    exact(x);
    const cost = costOf();
    exact(x);
    expect(costOf()).toBe(cost);
  });

  it('is on average exact when it is estimated', () => {
    const linear = new Linear(1, { customGetter: bayesByBackpropGetter({ priorBuilder: () => new Normal(0, 1) }) });
    const costs = Array.from({ length: 400 }, () => {
      linear(x).dispose();
      return costOf();
    });
    const exact = tf.tidy(() =>
      getVariableMetadata()
        .map(({ posterior, prior }) => analyticKlBuilder(posterior, prior, posterior.mean()).dataSync()[0] ?? 0)
        .reduce((sum, cost) => sum + cost, 0),
    );
    const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
    expect(Math.abs(mean - exact)).toBeLessThan(0.15);
  });

  it('is differentiable by posteriors and priors, and leaves nothing behind', () => {
    const net = makeNet({ priorBuilder: adaptiveGaussianPriorBuilder });
    net(x).dispose();
    expectNoLeak(() => getTotalKlCost()).dispose();
    const { value, grads } = expectNoLeak(() => valueAndGrads(() => getTotalKlCost()));
    expect(Object.keys(grads)).toHaveLength(16);
    expect(Object.values(grads).every((gradient) => gradient !== null)).toBe(true);
    tf.dispose([value, ...(Object.values(grads) as tf.Tensor[])]);
  });

  it('can be part of a first step of training', () => {
    const net = makeNet({ priorBuilder: () => new Normal(0, 1), klBuilder: analyticKlBuilder });
    const optimizer = tf.train.adam(0.05);
    const loss = (): tf.Tensor => {
      const error = tf.sum(tf.square(tf.sub(net(x), 2)));
      return tf.add(tf.mul(error, 5), getTotalKlCost());
    };
    const losses = Array.from({ length: 150 }, () => {
      const cost = minimize(optimizer, loss, { returnCost: true });
      return cost?.dataSync()[0] ?? Number.NaN;
    });
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-30))).toBeLessThan(mean(losses.slice(0, 30)) / 3);
  });

  it('refuses costs that are no float32 scalars', () => {
    const results: unknown[] = [tf.ones([2]), tf.scalar(1, 'int32'), 3];
    for (const result of results) {
      resetDefaultGraph();
      makeNet({ klBuilder: (() => result) as KlBuilder })(x);
      expect(() => getTotalKlCost()).toThrow(ValueError);
    }
    expect(() => getTotalKlCost()).toThrow('"net/first/w": klBuilder must return a float32 scalar; got 3');
  });
});

describe('getVariableMetadata', () => {
  it('tells what each variable is, in the order of creation', () => {
    makeNet()(x);
    const metadata = getVariableMetadata();
    expect(metadata.map((entry) => [entry.rawVariableName, entry.rawVariableShape, entry.scopeName])).toEqual([
      ['net/first/w', [3, 2], 'net/first'],
      ['net/first/b', [2], 'net/first'],
      ['net/second/w', [2, 1], 'net/second'],
      ['net/second/b', [1], 'net/second'],
    ]);
    expect(Object.keys(metadata[1]?.posteriorVars ?? {})).toEqual([
      'net/first/b/posterior_loc',
      'net/first/b/posterior_scale',
    ]);
    expect(metadata[1]?.priorVars).toEqual({});
  });

  it('can be restricted to scopes', () => {
    makeNet()(x);
    const count = (scopeNameSubstring: string): number => getVariableMetadata({ scopeNameSubstring }).length;
    expect(['net', 'first', 'second/', '/w'].map(count)).toEqual([4, 2, 0, 0]);
    expect(() => count(5 as unknown as string)).toThrow(TypeError);
  });

  it('gives estimates of its own, which may be disposed', () => {
    const customGetter = bayesByBackpropGetter({ samplingModeTensor: 'mean' });
    const linear = new Linear(1, { initializers: { w: initializers.ones() }, customGetter });
    linear(x);
    const [metadata] = getVariableMetadata();
    const estimate = expectNoLeak(() => metadata?.posteriorEstimate) as tf.Tensor;
    expect([...estimate.dataSync()]).toEqual([1, 1, 1]);
    estimate.dispose();
    expect([...linear(x).shape]).toEqual([4, 1]);
    expectNoLeak(() => void metadata?.posteriorVars);
  });
});
