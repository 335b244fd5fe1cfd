import { currentState } from './default-graph.ts';
import { rejectPromise } from './synchronous.ts';

/**
 * Runs a function inside a name scope: connections inside it are listed under the scope's name. Variables are not
 * affected.
 *
 * @param name The name; used again, it becomes `name_1`, `name_2`, …. With a slash at its end it is an absolute name,
 *   entered as it is.
 * @param fn A synchronous function; it gets the full name of the scope.
 * @returns What the function returns.
 * @throws ValueError when the name has characters that no scope name may have.
 * @throws TypeError when the function returns a promise, or an argument has the wrong type.
 *
 * Sonnet: `tf.name_scope`.
 *
 * @example
 * ```ts
 * import { nameScope, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * assert.equal(nameScope('step', (name) => name), 'step');
 * assert.equal(nameScope('step', (name) => name), 'step_1');
 * ```
 */
export function nameScope<T>(name: string, fn: (name: string) => T): T {
  if (typeof name !== 'string') throw new TypeError(`nameScope: the name must be a string; got ${String(name)}.`);
  if (typeof fn !== 'function') throw new TypeError('nameScope: the last argument must be a function.');
  const state = currentState();
  const outer = state.nameScope;
  if (name === '') state.nameScope = outer.reenter('');
  else if (name.endsWith('/')) state.nameScope = outer.reenter(name.slice(0, -1));
  else state.nameScope = outer.unique(name, state.undoLog);
  try {
    return rejectPromise(fn(state.nameScope.path), 'nameScope');
  } finally {
    state.nameScope = outer;
  }
}

/**
 * The full name of the innermost name scope; empty outside of any.
 *
 * @example
 * ```ts
 * import { getNameScope, nameScope, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * assert.equal(getNameScope(), '');
 * nameScope('train', () => nameScope('step', () => assert.equal(getNameScope(), 'train/step')));
 * ```
 */
export function getNameScope(): string {
  return currentState().nameScope.path;
}
