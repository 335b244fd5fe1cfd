import type { Variable } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { getDefaultGraph } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { AbstractModule, type AnyModule, type VariableQuery } from '../modules/abstract-module.ts';
import { VariableScope } from '../variables/variable-scope.ts';

/** What names a variable scope: its name, the scope, a connected module, or any object with a `variableScope`. */
export type ScopeLike = string | VariableScope | AnyModule | { readonly variableScope: VariableScope };

/**
 * The name of the variable scope that a value stands for.
 *
 * @throws ValueError when it stands for none.
 * @throws NotConnectedError when it is a module that is not connected yet.
 *
 * Sonnet: `snt.python.modules.util.get_variable_scope_name`.
 *
 * @example
 * ```ts
 * import { getVariableScopeName, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new Module(() => 0, { name: 'net' });
 * net();
 * assert.equal(getVariableScopeName(net), 'net');
 * assert.equal(getVariableScopeName('net/layer'), 'net/layer');
 * ```
 */
export function getVariableScopeName(value: ScopeLike): string {
  if (typeof value === 'string') return value;
  if (value instanceof VariableScope) return value.name;
  if (value instanceof AbstractModule || hasVariableScope(value)) return value.variableScope.name;
  throw new ValueError(`Not a variable scope: ${String(value)}. Give its name, a VariableScope or a module.`);
}

/**
 * Whether a value has a variable scope of its own, as modules do once they are connected.
 *
 * Sonnet: `snt.has_variable_scope`.
 *
 * @example
 * ```ts
 * import { hasVariableScope, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new Module(() => 0, { name: 'net' });
 * assert.equal(hasVariableScope(net), false);
 * net();
 * assert.equal(hasVariableScope(net), true);
 * ```
 */
export function hasVariableScope(value: unknown): value is { readonly variableScope: VariableScope } {
  if (value instanceof AbstractModule) return value.isConnected;
  if (typeof value !== 'object' || value === null) return false;
  return 'variableScope' in value && value.variableScope instanceof VariableScope;
}

/**
 * The variables inside a scope, in the order of their creation: those of the default graph or, for a module, of its own.
 *
 * @param scope The scope, by its name or otherwise.
 * @param query `collection`: where to look; default `GraphKeys.TRAINABLE_VARIABLES`.
 * @throws ValueError when `scope` stands for no variable scope.
 * @throws NotConnectedError when it is a module that is not connected yet.
 *
 * @example
 * ```ts
 * import { getVariable, getVariablesInScope, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * variableScope('net', () => getVariable('w', { shape: [2] }));
 * variableScope('net_1', () => getVariable('w', { shape: [2] }));
 * assert.deepEqual(getVariablesInScope('net').map((variable) => variable.name), ['net/w']);
 * ```
 *
 * Sonnet: `snt.get_variables_in_scope`.
 */
export function getVariablesInScope(scope: ScopeLike, query: VariableQuery = {}): Variable[] {
  const { collection = GraphKeys.TRAINABLE_VARIABLES } = query;
  const name = getVariableScopeName(scope);
  const graph = (scope instanceof AbstractModule ? scope.graph : null) ?? getDefaultGraph();
  return graph.getCollection(collection, { scope: name }) as Variable[];
}

/**
 * The variables inside a module's scope, in the order of their creation.
 *
 * @param module A connected module.
 * @param query `collection`: where to look; default `GraphKeys.TRAINABLE_VARIABLES`.
 * @throws NotConnectedError when the module is not connected yet.
 *
 * Sonnet: `snt.get_variables_in_module`.
 *
 * @example
 * ```ts
 * import { getVariable, getVariablesInModule, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new Module(() => getVariable('w', { shape: [2] }), { name: 'net' });
 * net();
 * assert.deepEqual(getVariablesInModule(net).map((variable) => variable.name), ['net/w']);
 * ```
 */
export function getVariablesInModule(module: AnyModule, query: VariableQuery = {}): Variable[] {
  return module.getVariables(query);
}
