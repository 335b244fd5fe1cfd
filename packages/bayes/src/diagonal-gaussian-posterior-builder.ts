import type { GetVariableArgs, VariableGetter } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { Normal } from './normal.ts';

/**
 * Builds posteriors that are normal, each element with a mean and a standard deviation of its own.
 *
 * Variables, both with the shape and the initializer of the request: `<name>/posterior_loc`, the mean, and
 * `<name>/posterior_scale`, whose softplus is the standard deviation.
 *
 * @param getter Gets variables by their full names.
 * @param name The full name of the variable that has the posterior.
 * @param args The request for it.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.diagonal_gaussian_posterior_builder`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, diagonalGaussianPosteriorBuilder, scaleVariableInitializer } from '@sonnetjs/bayes';
 * import { type CustomGetter, getVariable, resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * // Begins with a small standard deviation, whatever the initializer of the mean is.
 * const customGetter: CustomGetter = bayesByBackpropGetter({
 *   posteriorBuilder: (getter, name, args) =>
 *     diagonalGaussianPosteriorBuilder(
 *       (variable, request) => {
 *         const isScale = variable.endsWith('scale');
 *         return getter(variable, isScale ? { ...request, initializer: scaleVariableInitializer(0.02) } : request);
 *       },
 *       name,
 *       args,
 *     ),
 * });
 *
 * const graph = resetDefaultGraph();
 * getVariable('w', { shape: [4], customGetter });
 * const names = (graph.getCollection('variables') as tf.Variable[]).map(variableName);
 * assert.deepEqual(names, ['w/posterior_loc', 'w/posterior_scale']);
 * ```
 */
export function diagonalGaussianPosteriorBuilder(getter: VariableGetter, name: string, args: GetVariableArgs): Normal {
  const loc = getter(`${name}/posterior_loc`, args);
  const scale = getter(`${name}/posterior_scale`, args);
  return new Normal(loc, tf.softplus(scale));
}
