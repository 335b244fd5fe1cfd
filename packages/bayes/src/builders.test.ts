import {
  getVariable,
  globalVariables,
  initializers,
  NotImplementedError,
  partitioners,
  resetDefaultGraph,
  variableName,
  variableScope,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { adaptiveGaussianPriorBuilder } from './adaptive-gaussian-prior-builder.ts';
import { bayesByBackpropGetter } from './bayes-by-backprop-getter.ts';
import type { Distribution } from './distribution.ts';
import { fixedGaussianPriorBuilder } from './fixed-gaussian-prior-builder.ts';
import { getVariableMetadata } from './get-variable-metadata.ts';
import { analyticKlBuilder, stochasticKlBuilder } from './kl-builders.ts';
import { Normal } from './normal.ts';
import type { VariableMetadata } from './variable-metadata.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const names = (): string[] => globalVariables().map(variableName);
const onlyMetadata = (): VariableMetadata => getVariableMetadata()[0] as VariableMetadata;
const values = (): number[][] => globalVariables().map((variable) => [...variable.dataSync()]);

describe('diagonalGaussianPosteriorBuilder', () => {
  it('gives both of its variables the shape and the initializer of the request', () => {
    const customGetter = bayesByBackpropGetter();
    getVariable('w', { shape: [2], initializer: initializers.constant(-3), customGetter });
    expect(names()).toEqual(['w/posterior_loc', 'w/posterior_scale']);
    expect(values()).toEqual([
      [-3, -3],
      [-3, -3],
    ]);
    const { loc, scale } = onlyMetadata().posterior as Normal;
    expect([...(loc as tf.Tensor).dataSync()]).toEqual([-3, -3]);
    expect((scale as tf.Tensor).dataSync()[0]).toBeCloseTo(Math.log1p(Math.exp(-3)), 6);
  });

  it('can be stored in slices', () => {
    const w = getVariable('w', {
      shape: [4, 1],
      partitioner: partitioners.fixedSize(2),
      customGetter: bayesByBackpropGetter(),
    });
    expect(w.shape).toEqual([4, 1]);
    expect(names()).toEqual([
      'w/posterior_loc/part_0',
      'w/posterior_loc/part_1',
      'w/posterior_scale/part_0',
      'w/posterior_scale/part_1',
    ]);
  });
});

describe('adaptiveGaussianPriorBuilder', () => {
  it('has a scalar mean and a scalar scale of 0.01', () => {
    const customGetter = bayesByBackpropGetter({ priorBuilder: adaptiveGaussianPriorBuilder });
    variableScope('net', { customGetter }, () => getVariable('w', { shape: [2], initializer: initializers.ones() }));
    expect(names().slice(2)).toEqual(['net/w_prior_loc', 'net/w_prior_scale']);
    expect(values().slice(2)).toEqual([[1], [expect.closeTo(-4.600166, 5)]]);
    const metadata = onlyMetadata();
    expect(((metadata.prior as Normal).scale as tf.Tensor).dataSync()[0]).toBeCloseTo(0.01, 6);
    expect(Object.keys(metadata.priorVars)).toEqual(['net/w_prior_loc', 'net/w_prior_scale']);
  });
});

describe('fixedGaussianPriorBuilder', () => {
  it('is normal with mean 0 and standard deviation 0.01', () => {
    const prior = fixedGaussianPriorBuilder(() => tf.scalar(0), 'w', {});
    expect([prior.loc, prior.scale]).toEqual([0, 0.01]);
  });
});

describe('KL builders', () => {
  const [posterior, prior] = [new Normal(tf.tensor1d([0.5, -1]), tf.tensor1d([0.3, 0.7])), new Normal(0, 1)];

  it('sum the cost of all elements', () => {
    const exact = Math.log(1 / 0.3) + (0.09 + 0.25) / 2 - 0.5 + Math.log(1 / 0.7) + (0.49 + 1) / 2 - 0.5;
    const cost = analyticKlBuilder(posterior, prior, posterior.mean());
    expect([cost.shape, cost.dataSync()[0]]).toEqual([[], expect.closeTo(exact, 5)]);
    const sample = tf.tensor1d([0.2, 0.1]);
    const sampled =
      -((-0.3 / 0.3) ** 2) / 2 - Math.log(0.3) + 0.2 ** 2 / 2 - (1.1 / 0.7) ** 2 / 2 - Math.log(0.7) + 0.1 ** 2 / 2;
    expect(stochasticKlBuilder(posterior, prior, sample).dataSync()[0]).toBeCloseTo(sampled, 5);
  });

  it('say so when the divergence is not known', () => {
    const other: Distribution = {
      isReparameterized: true,
      sample: () => tf.scalar(0),
      mean: () => tf.scalar(0),
      logProb: (value) => tf.zerosLike(value),
    };
    expect(() => analyticKlBuilder(other, prior, tf.scalar(0))).toThrow(NotImplementedError);
    expect(() => analyticKlBuilder(posterior, other, tf.scalar(0))).toThrow('use stochasticKlBuilder');
    expect(stochasticKlBuilder(other, prior, tf.scalar(0)).dataSync()[0]).toBeCloseTo(Math.log(2 * Math.PI) / 2, 6);
  });
});
