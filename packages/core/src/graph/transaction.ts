import { currentState } from './default-graph.ts';
import { rejectPromise } from './synchronous.ts';

/**
 * Runs a function so that an error takes back everything that it changed in the default graph: variables, names,
 * collections, random numbers, and what modules know of their connections.
 *
 * The connection of a module does so by itself. This is for functions that connect several modules, or one several times.
 * Deferred updates of all its connections are pending together afterwards, as those of one step. It does not free tensors:
 * that is what `tf.tidy` is for.
 *
 * @param fn A synchronous function. Inside another transaction, or a connection, it is a part of that one.
 * @returns What the function returns.
 * @throws TypeError when the function returns a promise.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, resetDefaultGraph, transaction } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * assert.throws(() =>
 *   transaction(() => {
 *     getVariable('w', { shape: [2] });
 *     throw new Error('on second thoughts');
 *   }),
 * );
 * assert.deepEqual(globalVariables(), []);
 * ```
 */
export function transaction<T>(fn: () => T): T {
  return currentState().transaction(() => rejectPromise(fn(), 'transaction'));
}
