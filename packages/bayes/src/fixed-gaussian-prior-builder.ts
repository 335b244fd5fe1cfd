import type { GetVariableArgs, VariableGetter } from '@sonnetjs/core';
import { Normal } from './normal.ts';

/**
 * Builds priors that are normal with mean 0 and standard deviation 0.01, for every element. It has no variables.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.fixed_gaussian_prior_builder`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, fixedGaussianPriorBuilder, Normal } from '@sonnetjs/bayes';
 *
 * const narrow = bayesByBackpropGetter({ priorBuilder: fixedGaussianPriorBuilder }); // the default
 * const standard = bayesByBackpropGetter({ priorBuilder: () => new Normal(0, 1) });
 * ```
 */
export function fixedGaussianPriorBuilder(_getter: VariableGetter, _name: string, _args: GetVariableArgs): Normal {
  return new Normal(0, 0.01);
}
