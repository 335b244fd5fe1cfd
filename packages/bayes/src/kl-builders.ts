import { NotImplementedError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Distribution } from './distribution.ts';

/**
 * Computes the cost of a variable: the Kullback-Leibler divergence from its posterior to its prior, or an estimate of it.
 *
 * @param posterior The posterior.
 * @param prior The prior, whose shape may be a scalar's.
 * @param sample The value that the variable had at its latest connection.
 * @returns A float32 scalar.
 */
export type KlBuilder = (posterior: Distribution, prior: Distribution, sample: tf.Tensor) => tf.Tensor;

/**
 * Estimates the divergence from the one sample that was used: `log posterior(sample) - log prior(sample)`, summed. It works
 * with every pair of distributions.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.stochastic_kl_builder`.
 *
 * @example
 * ```ts
 * import { Normal, stochasticKlBuilder } from '@sonnetjs/bayes';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const cost = stochasticKlBuilder(new Normal(1, 1), new Normal(0, 1), tf.tensor1d([1, 1]));
 * assert.equal(cost.dataSync()[0], 1);
 * ```
 */
export function stochasticKlBuilder(posterior: Distribution, prior: Distribution, sample: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.sum(posterior.logProb(sample)), tf.sum(prior.logProb(sample))));
}

/**
 * Computes the divergence itself, summed; for pairs of distributions where it is known, such as normal ones.
 *
 * @throws NotImplementedError where it is not known.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.analytic_kl_builder`.
 *
 * @example
 * ```ts
 * import { analyticKlBuilder, Normal } from '@sonnetjs/bayes';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const posterior = new Normal(tf.tensor1d([1, 3]), 1);
 * assert.equal(analyticKlBuilder(posterior, new Normal(0, 1), posterior.mean()).dataSync()[0], 5);
 * ```
 */
export function analyticKlBuilder(posterior: Distribution, prior: Distribution, _sample: tf.Tensor): tf.Tensor {
  if (posterior.klDivergence === undefined) {
    throw new NotImplementedError(
      `analyticKlBuilder: the distribution ${posterior.constructor.name} has no klDivergence; use stochasticKlBuilder, ` +
        'which samples it.',
    );
  }
  return tf.tidy(() => tf.sum((posterior as Required<Distribution>).klDivergence(prior)));
}
