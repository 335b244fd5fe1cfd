import { currentState } from '../graph/default-graph.ts';
import { deferredUpdates, removeUpdates } from './deferred-update.ts';

/** Options of {@link runUpdates}. */
export interface RunUpdatesOptions {
  /** Whether the updates stay in the collection, to be run again. Default: false, which frees them. */
  readonly keep?: boolean;
}

/**
 * Makes the changes of variables that wait in a collection of the default graph, in the order in which they were deferred.
 *
 * @param collection The name of the collection, such as `GraphKeys.UPDATE_OPS`: what the module was given as
 *   `updateOpsCollection`.
 * @param options `keep`: whether the updates stay in the collection.
 * @returns How many there were. 0 most often means that no module was told to defer its updates to this collection.
 * @throws ValueError when a variable was disposed meanwhile. No variable is changed then.
 *
 * Sonnet: `session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))`.
 *
 * @example
 * ```ts
 * import { GraphKeys, resetDefaultGraph, runUpdates } from '@sonnetjs/core';
 * import { BatchNorm } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const norm = new BatchNorm({ decayRate: 0.5, updateOpsCollection: GraphKeys.UPDATE_OPS });
 * norm(tf.tensor2d([[1], [3]]), { isTraining: true });
 * assert.equal(norm.movingMean.dataSync()[0], 0);
 * assert.equal(runUpdates(GraphKeys.UPDATE_OPS), 2); // those of the mean and of the variance
 * assert.equal(norm.movingMean.dataSync()[0], 1);
 * ```
 */
export function runUpdates(collection: string, options: RunUpdatesOptions = {}): number {
  const state = currentState();
  const updates = deferredUpdates(state, collection);
  state.transaction(() => {
    for (const update of updates) update.run();
    if (options.keep !== true && updates.length > 0) removeUpdates(state, collection, updates);
  });
  return updates.length;
}
