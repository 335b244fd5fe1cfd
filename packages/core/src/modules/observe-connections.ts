import { rejectPromise } from '../graph/synchronous.ts';
import type { ConnectedSubGraph } from './connected-sub-graph.ts';

/** Is told of a connection. */
export type ConnectionObserver = (connection: ConnectedSubGraph) => void;

const observers: ConnectionObserver[] = [];

/**
 * Tells an observer of every connection of any module that takes place while a function runs: those of inner modules
 * first, then that of the module around them.
 *
 * @param observer Gets each {@link ConnectedSubGraph}, inside the connection: what it throws makes the connection fail,
 *   and tensors that it makes are freed, unless it calls `tf.keep`.
 * @param fn A synchronous function.
 * @returns What `fn` returns.
 * @throws TypeError when `fn` returns a promise.
 *
 * Sonnet: `snt.observe_connections`.
 *
 * @example
 * ```ts
 * import { Module, observeConnections, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const inner = new Module((x: number) => x + 1, { name: 'inner' });
 * const outer = new Module((x: number) => inner(x) * 2, { name: 'outer' });
 * const names: string[] = [];
 * observeConnections((connection) => names.push(connection.module.moduleName), () => outer(1));
 * assert.deepEqual(names, ['inner', 'outer']);
 * ```
 */
export function observeConnections<T>(observer: ConnectionObserver, fn: () => T): T {
  observers.push(observer);
  try {
    return rejectPromise(fn(), 'observeConnections');
  } finally {
    observers.splice(observers.lastIndexOf(observer), 1);
  }
}

/** Tells all observers of a connection. */
export function notifyObservers(connection: ConnectedSubGraph): void {
  if (observers.length > 0) for (const observer of [...observers]) observer(connection);
}
