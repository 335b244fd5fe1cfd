import type { GetVariableArgs, VariableGetter } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { Normal } from './normal.ts';
import { scaleVariableInitializer } from './scale-variable-initializer.ts';

/**
 * Builds priors that are normal and learned: one mean and one standard deviation for all elements of the variable.
 *
 * Variables, both scalars: `<name>_prior_loc`, the mean, with the initializer of the request; and `<name>_prior_scale`,
 * whose softplus is the standard deviation, 0.01 at first.
 *
 * @param getter Gets variables by their full names.
 * @param name The full name of the variable that has the prior.
 * @param args The request for it.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.adaptive_gaussian_prior_builder`.
 *
 * @example
 * ```ts
 * import { adaptiveGaussianPriorBuilder, bayesByBackpropGetter } from '@sonnetjs/bayes';
 * import { resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const customGetter = bayesByBackpropGetter({ priorBuilder: adaptiveGaussianPriorBuilder });
 * const linear = new Linear(2, { useBias: false, customGetter });
 * linear(tf.ones([1, 3]));
 * assert.deepEqual(linear.getVariables().map(variableName), [
 *   'linear/w/posterior_loc',
 *   'linear/w/posterior_scale',
 *   'linear/w_prior_loc',
 *   'linear/w_prior_scale',
 * ]);
 * ```
 */
export function adaptiveGaussianPriorBuilder(getter: VariableGetter, name: string, args: GetVariableArgs): Normal {
  const scalar: GetVariableArgs = { ...args, shape: [] };
  const loc = getter(`${name}_prior_loc`, scalar);
  const scale = getter(`${name}_prior_scale`, { ...scalar, initializer: scaleVariableInitializer(0.01) });
  return new Normal(loc, tf.softplus(scale));
}
