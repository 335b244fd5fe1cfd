import { checkSubstring } from './check-substring.ts';
import { allMetadata, type VariableMetadata } from './variable-metadata.ts';

/**
 * The variables of the default graph that are learned by Bayes by Backprop, in the order in which they were made.
 *
 * @param options `scopeNameSubstring`: only variables made in scopes whose name contains this.
 * @throws TypeError when `scopeNameSubstring` is no string.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.get_variable_metadata`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, getVariableMetadata } from '@sonnetjs/bayes';
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * new Linear(2, { customGetter: bayesByBackpropGetter() })(tf.ones([1, 3]));
 * const metadata = getVariableMetadata({ scopeNameSubstring: 'linear' });
 * assert.deepEqual(metadata.map((entry) => entry.rawVariableName), ['linear/w', 'linear/b']);
 * assert.deepEqual(metadata[0]?.rawVariableShape, [3, 2]);
 * ```
 */
export function getVariableMetadata(
  options: { readonly scopeNameSubstring?: string | null } = {},
): readonly VariableMetadata[] {
  const { scopeNameSubstring = null } = options;
  checkSubstring(scopeNameSubstring, 'getVariableMetadata: scopeNameSubstring');
  return allMetadata().filter(({ scopeName }) => scopeNameSubstring === null || scopeName.includes(scopeNameSubstring));
}
