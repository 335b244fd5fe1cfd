import type { Variable } from '@tensorflow/tfjs-core';
import { currentState, getCollection } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { rejectPromise } from '../graph/synchronous.ts';

/**
 * All global variables of the default graph, in the order of their creation.
 *
 * Sonnet: `tf.global_variables`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2] });
 * getVariable('mean', { shape: [2], trainable: false });
 * assert.deepEqual(globalVariables().map((variable) => variable.name), ['w', 'mean']);
 * ```
 */
export function globalVariables(): Variable[] {
  return getCollection(GraphKeys.GLOBAL_VARIABLES);
}

/**
 * The variables of the default graph that optimizers change.
 *
 * Sonnet: `tf.trainable_variables`.
 *
 * @example
 * ```ts
 * import { getVariable, trainableVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2] });
 * getVariable('mean', { shape: [2], trainable: false });
 * assert.deepEqual(trainableVariables().map((variable) => variable.name), ['w']);
 * ```
 */
export function trainableVariables(): Variable[] {
  return getCollection(GraphKeys.TRAINABLE_VARIABLES);
}

/**
 * The local variables of the default graph: those made for the collection of that name.
 *
 * Sonnet: `tf.local_variables`.
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
export function localVariables(): Variable[] {
  return getCollection(GraphKeys.LOCAL_VARIABLES);
}

/**
 * Calls a function with each variable that is made while another function runs.
 *
 * @param callback Gets each new variable, complete and initialized. It must not make variables itself.
 * @param fn A synchronous function.
 * @returns What `fn` returns.
 * @throws TypeError when `fn` returns a promise.
 *
 * Sonnet: `snt.python.modules.util.notify_about_new_variables`.
 *
 * @example
 * ```ts
 * import { getVariable, notifyAboutNewVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const seen: string[] = [];
 * notifyAboutNewVariables((variable) => seen.push(variable.name), () => getVariable('w', { shape: [] }));
 * assert.deepEqual(seen, ['w']);
 * ```
 */
export function notifyAboutNewVariables<T>(callback: (variable: Variable) => void, fn: () => T): T {
  const { creationListeners } = currentState();
  creationListeners.push(callback);
  try {
    return rejectPromise(fn(), 'notifyAboutNewVariables');
  } finally {
    creationListeners.splice(creationListeners.lastIndexOf(callback), 1);
  }
}
