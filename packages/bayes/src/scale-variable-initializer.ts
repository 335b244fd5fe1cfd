import { type Initializer, initializers } from '@sonnetjs/core';
import { inverseSoftplus } from './inverse-softplus.ts';

/**
 * An initializer for a variable whose softplus is a scale: it makes the scale the given number.
 *
 * @param desiredScale A positive number.
 * @throws ValueError when it is not positive and finite.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.scale_variable_initializer`.
 *
 * @example
 * ```ts
 * import { scaleVariableInitializer } from '@sonnetjs/bayes';
 * import { getVariable, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const scale = tf.softplus(getVariable('scale', { shape: [], initializer: scaleVariableInitializer(0.5) }));
 * assert.ok(Math.abs((scale.dataSync()[0] ?? 0) - 0.5) < 1e-6);
 * ```
 */
export function scaleVariableInitializer(desiredScale: number): Initializer {
  return initializers.constant(inverseSoftplus(desiredScale));
}
