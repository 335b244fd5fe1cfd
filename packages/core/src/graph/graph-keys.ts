/**
 * The names of the standard collections of a {@link Graph}, as TensorFlow spells them.
 *
 * Sonnet: `tf.GraphKeys`.
 *
 * @example
 * ```ts
 * import { getVariable, GraphKeys, localVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const count = getVariable('count', { shape: [], trainable: false, collections: [GraphKeys.LOCAL_VARIABLES] });
 * assert.deepEqual(localVariables(), [count]);
 * ```
 */
export const GraphKeys: {
  readonly GLOBAL_VARIABLES: 'variables';
  readonly TRAINABLE_VARIABLES: 'trainable_variables';
  readonly LOCAL_VARIABLES: 'local_variables';
  readonly MOVING_AVERAGE_VARIABLES: 'moving_average_variables';
  readonly REGULARIZATION_LOSSES: 'regularization_losses';
  readonly UPDATE_OPS: 'update_ops';
} = {
  GLOBAL_VARIABLES: 'variables',
  TRAINABLE_VARIABLES: 'trainable_variables',
  LOCAL_VARIABLES: 'local_variables',
  MOVING_AVERAGE_VARIABLES: 'moving_average_variables',
  REGULARIZATION_LOSSES: 'regularization_losses',
  UPDATE_OPS: 'update_ops',
};
