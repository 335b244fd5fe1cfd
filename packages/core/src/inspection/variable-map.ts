import type { Variable } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { variableName, variableSlice } from '../variables/variable-name.ts';
import { getVariableScopeName, getVariablesInScope, type ScopeLike } from './variables-in.ts';

/** Variables by name; a variable that is stored in slices is the list of its slices. */
export type VariableMap = Record<string, Variable | Variable[]>;

/** Options of {@link getNormalizedVariableMap}. */
export interface VariableMapOptions {
  /** The collection that is searched. Default: `GraphKeys.GLOBAL_VARIABLES`. */
  readonly collection?: string;
  /** The scope whose name is taken off: the scope itself (the default) or one around it. */
  readonly context?: ScopeLike | null;
  /** Whether slices of one variable come as one entry, a list. Default: true. */
  readonly groupSlicedVariables?: boolean;
}

/**
 * The variables of a scope or module by their names inside it: names that another instance of the model shares.
 *
 * Slices of one variable stand together, after all others.
 *
 * @param scopeOrModule A scope, by its name or otherwise, or a connected module.
 * @param options `collection`, `context` and `groupSlicedVariables`.
 * @throws ValueError when the context's name does not begin the scope's.
 * @throws NotConnectedError when it is a module that is not connected yet.
 *
 * Sonnet: `snt.get_normalized_variable_map`.
 *
 * @example
 * ```ts
 * import { getNormalizedVariableMap, getVariable, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * variableScope('net/layer', () => getVariable('w', { shape: [2] }));
 * assert.deepEqual(Object.keys(getNormalizedVariableMap('net')), ['layer/w']);
 * assert.deepEqual(Object.keys(getNormalizedVariableMap('net/layer', { context: 'net' })), ['layer/w']);
 * ```
 */
export function getNormalizedVariableMap(scopeOrModule: ScopeLike, options: VariableMapOptions = {}): VariableMap {
  const { collection = GraphKeys.GLOBAL_VARIABLES, groupSlicedVariables = true } = options;
  const scopeName = getVariableScopeName(scopeOrModule);
  const context = options.context ?? scopeName;
  const prefix = prefixOf(getVariableScopeName(context), scopeName);
  const whole: VariableMap = {};
  const sliced: Record<string, Variable[]> = {};
  for (const variable of getVariablesInScope(scopeOrModule, { collection })) {
    const wholeName = groupSlicedVariables ? (variableSlice(variable)?.whole ?? null) : null;
    const name = (wholeName ?? variableName(variable)).slice(prefix.length);
    if (wholeName === null) whole[name] = variable;
    else sliced[name] = [...(sliced[name] ?? []), variable];
  }
  return { ...whole, ...sliced };
}

function prefixOf(context: string, scopeName: string): string {
  if (context === '') return '';
  if (scopeName !== context && !scopeName.startsWith(`${context}/`)) {
    throw new ValueError(`The context "${context}" is not the scope "${scopeName}" or one around it.`);
  }
  return `${context}/`;
}

/**
 * The pairs of name and variable in a variable map; slices one by one under the same name.
 *
 * @param variableMap A map as {@link getNormalizedVariableMap} gives it.
 *
 * Sonnet: `snt.variable_map_items`.
 *
 * @example
 * ```ts
 * import {
 *   getNormalizedVariableMap,
 *   getVariable,
 *   partitioners,
 *   resetDefaultGraph,
 *   variableMapItems,
 *   variableName,
 * } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [4], partitioner: partitioners.fixedSize(2) });
 * const items = [...variableMapItems(getNormalizedVariableMap(''))];
 * assert.deepEqual(
 *   items.map(([name, variable]) => [name, variableName(variable)]),
 *   [
 *     ['w', 'w/part_0'],
 *     ['w', 'w/part_1'],
 *   ],
 * );
 * ```
 */
export function variableMapItems(variableMap: VariableMap): [string, Variable][] {
  return Object.entries(variableMap).flatMap(([name, entry]) =>
    (Array.isArray(entry) ? entry : [entry]).map((variable): [string, Variable] => [name, variable]),
  );
}
