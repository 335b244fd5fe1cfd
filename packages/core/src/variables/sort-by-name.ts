import type { Variable } from '@tensorflow/tfjs-core';
import { variableName } from './variable-name.ts';

/**
 * The variables sorted by name, as Sonnet sorts them: as if every name ended in `:0`, so that `wh0` comes before `wh`.
 *
 * Sonnet: `snt.python.modules.util.sort_by_name`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, resetDefaultGraph, sortByName } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * for (const name of ['w', 'b']) getVariable(name, { shape: [2] });
 * assert.deepEqual(sortByName(globalVariables()).map((variable) => variable.name), ['b', 'w']);
 * ```
 */
export function sortByName<V extends Variable>(variables: Iterable<V>): V[] {
  const keyed = [...variables].map((variable) => ({ variable, key: `${variableName(variable)}:0` }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ variable }) => variable);
}
