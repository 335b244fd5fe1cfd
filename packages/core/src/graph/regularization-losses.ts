import { isRegularizationLoss, type RegularizationLoss } from './collections.ts';
import { currentState } from './default-graph.ts';
import { GraphKeys } from './graph-keys.ts';

/**
 * The regularization losses of the default graph, not evaluated: each with its name and a function that evaluates it.
 *
 * `getCollection(GraphKeys.REGULARIZATION_LOSSES)` evaluates them all at once.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, regularizationLosses, regularizers, resetDefaultGraph } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2], initializer: initializers.constant(3), regularizer: regularizers.l2(0.5) });
 * const losses = regularizationLosses().map(({ name, loss }) => [name, loss().dataSync()[0]]);
 * assert.deepEqual(losses, [['w/Regularizer/l2_regularizer', 4.5]]);
 * ```
 */
export function regularizationLosses(): RegularizationLoss[] {
  const entries = currentState().collections.get(GraphKeys.REGULARIZATION_LOSSES) ?? [];
  return entries.filter(isRegularizationLoss);
}
