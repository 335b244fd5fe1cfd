import type { Variable } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { variableName } from '../variables/variable-name.ts';
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

const SLICE_PATTERN = /^(.*)\/part_(\d+)$/;

/**
 * The variables of a scope or module by their names inside it: names that another instance of the model shares.
 *
 * Slices of one variable stand together, after all others.
 *
 * @param scopeOrModule A scope, by its name or otherwise, or a connected module.
 * @param options `collection`, `context` and `groupSlicedVariables`.
 * @throws ValueError when the context's name does not begin the scope's.
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
  for (const variable of getVariablesInScope(scopeName, { collection })) {
    const name = variableName(variable).slice(prefix.length);
    const slice = groupSlicedVariables ? SLICE_PATTERN.exec(name) : null;
    const base = slice?.[1];
    if (base === undefined) whole[name] = variable;
    else sliced[base] = [...(sliced[base] ?? []), variable];
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
 */
export function* variableMapItems(variableMap: VariableMap): Generator<[string, Variable]> {
  for (const [name, entry] of Object.entries(variableMap)) {
    for (const variable of Array.isArray(entry) ? entry : [entry]) yield [name, variable];
  }
}
