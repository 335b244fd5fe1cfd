import { isRegularizationLoss, type RegularizationLoss } from './collections.ts';
import { currentState } from './default-graph.ts';
import { GraphKeys } from './graph-keys.ts';

/**
 * The regularization losses of the default graph, not evaluated: each with its name and a function that evaluates it.
 *
 * `getCollection(GraphKeys.REGULARIZATION_LOSSES)` evaluates them all at once.
 */
export function regularizationLosses(): RegularizationLoss[] {
  const entries = currentState().collections.get(GraphKeys.REGULARIZATION_LOSSES) ?? [];
  return entries.filter(isRegularizationLoss);
}
