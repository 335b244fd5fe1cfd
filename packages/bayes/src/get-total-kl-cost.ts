import { type Graph, getDefaultGraph, nameScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSubstring } from './check-substring.ts';
import { allMetadata } from './variable-metadata.ts';

/** Options of {@link getTotalKlCost}. */
export interface TotalKlCostOptions {
  /** The name scope in which the cost is computed. Default: `total_kl_cost`. */
  readonly name?: string;
  /** Only variables whose full name contains this count, such as those of one module. Default: all. */
  readonly filterByNameSubstring?: string | null;
}

const warned = new WeakSet<Graph>();

/**
 * The cost of all variables of the default graph that are learned by Bayes by Backprop: the sum of the divergences from
 * their posteriors to their priors, each variable once.
 *
 * Each call computes it anew, differentiably: call it inside the loss, after the model. Divide it by the number of
 * examples in the data set when the other part of the loss is a mean over examples. Without any variable it is 0.
 *
 * @param options See {@link TotalKlCostOptions}.
 * @returns A float32 scalar.
 * @throws NotImplementedError when a divergence is to be computed exactly that is not known.
 * @throws TypeError when `filterByNameSubstring` is no string.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.get_total_kl_cost`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, getTotalKlCost } from '@sonnetjs/bayes';
 * import { minimize, resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * resetDefaultGraph();
 * const model = new Linear(1, { customGetter: bayesByBackpropGetter() });
 * const [x, y] = [tf.ones([8, 3]), tf.zeros([8, 1])];
 * minimize(tf.train.adam(1e-3), () => {
 *   const error = tf.mean(tf.square(tf.sub(model(x), y)));
 *   return tf.add(error, tf.div(getTotalKlCost(), 8));
 * });
 * ```
 */
export function getTotalKlCost(options: TotalKlCostOptions = {}): tf.Scalar {
  const { name = 'total_kl_cost', filterByNameSubstring = null } = options;
  checkSubstring(filterByNameSubstring, 'getTotalKlCost: filterByNameSubstring');
  const counted = allMetadata().filter(
    ({ rawVariableName }) => filterByNameSubstring === null || rawVariableName.includes(filterByNameSubstring),
  );
  if (counted.length === 0) {
    warnOnce(filterByNameSubstring);
    return tf.scalar(0);
  }
  return tf.tidy(() =>
    nameScope(name, () => {
      const costs = counted.map((metadata) => metadata.klCost);
      return (costs.length === 1 ? costs[0] : tf.addN(costs)) as tf.Scalar;
    }),
  );
}

/** A training loop calls this at every step, so each graph is complained about once. */
function warnOnce(filter: string | null): void {
  const graph = getDefaultGraph();
  if (warned.has(graph)) return;
  warned.add(graph);
  const which = filter === null ? '' : ` whose name contains "${filter}"`;
  console.warn(`getTotalKlCost: there are no Bayes by Backprop variables${which}, so the cost is 0.`);
}
