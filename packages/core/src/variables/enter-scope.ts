import type { DataType } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { currentState } from '../graph/default-graph.ts';
import type { GraphState } from '../graph/graph-state.ts';
import { checkScopeName } from '../graph/name-scope.ts';
import type { ScopeNode } from '../graph/scope-node.ts';
import { rejectPromise } from '../graph/synchronous.ts';
import type { Initializer } from '../initializers/index.ts';
import type { Partitioner } from '../partitioners/index.ts';
import type { Regularizer } from '../regularizers/index.ts';
import { checkDtype } from './dtype.ts';
import type { CustomGetter } from './get-variable-args.ts';
import { type Reuse, VariableScope, wrapCustomGetter } from './variable-scope.ts';

/** Options of {@link variableScope}: what holds for the variables inside it. */
export interface VariableScopeOptions {
  /** Whether variables must exist (true), must not (false) or either ('auto'). Scopes inside inherit true and 'auto'. */
  readonly reuse?: Reuse | null;
  /** Default initializer. */
  readonly initializer?: Initializer | null;
  /** Default regularizer. */
  readonly regularizer?: Regularizer | null;
  /** Default partitioner. */
  readonly partitioner?: Partitioner | null;
  /** Stands between every `getVariable` inside the scope and the graph; goes around the one of the outer scope. */
  readonly customGetter?: CustomGetter | null;
  /** Default dtype. */
  readonly dtype?: DataType | null;
  /** With `null` as the name: the name to use, made unique by `_1`, `_2`, …. */
  readonly defaultName?: string | null;
}

/**
 * Runs a function inside a variable scope: names of variables begin with the scope's name, and the options hold for them.
 *
 * A string prolongs the current scope; a {@link VariableScope} is entered again from anywhere; `null` takes
 * `defaultName` and makes it unique. A name scope of the same name is opened too.
 *
 * @param nameOrScope The name, a scope, or null.
 * @param options What holds inside the scope.
 * @param fn A synchronous function; it gets the scope.
 * @returns What the function returns.
 * @throws ValueError when the name is not valid, when `null` comes without `defaultName`, or with `reuse`.
 * @throws TypeError when the function returns a promise, or an argument has the wrong type.
 *
 * Sonnet: `tf.variable_scope`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const w = variableScope('net', () => getVariable('w', { shape: [2] }));
 * const again = variableScope('net', { reuse: true }, () => getVariable('w', { shape: [2] }));
 * assert.equal(again, w);
 * assert.deepEqual(globalVariables().map((variable) => variable.name), ['net/w']);
 * ```
 */
export function variableScope<T>(nameOrScope: string | VariableScope | null, fn: (scope: VariableScope) => T): T;
export function variableScope<T>(
  nameOrScope: string | VariableScope | null,
  options: VariableScopeOptions,
  fn: (scope: VariableScope) => T,
): T;
export function variableScope<T>(
  nameOrScope: string | VariableScope | null,
  optionsOrFn: VariableScopeOptions | ((scope: VariableScope) => T),
  maybeFn?: (scope: VariableScope) => T,
): T {
  const options = typeof optionsOrFn === 'function' ? {} : (optionsOrFn ?? {});
  const fn = typeof optionsOrFn === 'function' ? optionsOrFn : maybeFn;
  if (typeof fn !== 'function') throw new TypeError('variableScope: the last argument must be a function.');
  checkOptions(options);
  const state = currentState();
  if (nameOrScope instanceof VariableScope) {
    const scope = derive(state, nameOrScope, state.nodeOf(nameOrScope), nameOrScope.originalNameScope, options);
    return enterScope(state, scope, () => fn(scope));
  }
  if (nameOrScope === null) return enterByDefaultName(state, options, fn);
  if (typeof nameOrScope !== 'string') {
    throw new TypeError(`variableScope: expected a name, a VariableScope or null; got ${String(nameOrScope)}.`);
  }
  return enterByName(state, nameOrScope, nameOrScope, options, fn);
}

/**
 * The innermost variable scope.
 *
 * Sonnet: `tf.get_variable_scope`.
 *
 * @example
 * ```ts
 * import { getVariableScope, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * assert.equal(getVariableScope().name, '');
 * variableScope('net', () => assert.equal(getVariableScope().name, 'net'));
 * ```
 */
export function getVariableScope(): VariableScope {
  return currentState().scope;
}

/** Enters a scope that exists. Its defaults, `reuse` among them, hold as they are. */
export function enterScope<T>(state: GraphState, scope: VariableScope, fn: () => T): T {
  const outerScope = state.scope;
  const outerNameScope = state.nameScope;
  if (scope.leafName !== '') state.nameScope = outerNameScope.unique(scope.leafName, state.undoLog);
  openForGood(state, state.nodeOf(scope));
  const mark = state.openedNames.watch();
  state.scope = scope;
  try {
    return rejectPromise(fn(), 'variableScope');
  } finally {
    state.openedNames.restore(mark);
    state.scope = outerScope;
    state.nameScope = outerNameScope;
  }
}

/** Takes a name, which stays taken when the scope is left again. */
function openForGood(state: GraphState, node: ScopeNode): void {
  if (node.opened) return;
  state.openedNames.open(node);
  state.undoLog.recordAction(() => state.openedNames.close(node));
}

/** Enters a scope that exists without opening a name scope. */
export function enterScopeOnly<T>(state: GraphState, scope: VariableScope, fn: () => T): T {
  const outerScope = state.scope;
  const mark = state.openedNames.watch();
  state.scope = scope;
  try {
    return fn();
  } finally {
    state.openedNames.restore(mark);
    state.scope = outerScope;
  }
}

/**
 * Claims a name for a new scope inside the current one, `name`, `name_1`, …, without entering it: what a module does when
 * it is constructed.
 */
export function claimScope(state: GraphState, name: string, customGetter: CustomGetter | null): VariableScope {
  checkScopeName(name, false);
  checkParts(name);
  const outer = state.nodeOf(state.scope);
  const unique = uniqueScopeName(outer, name);
  const node = outer.at(unique);
  state.openedNames.open(node);
  if (node !== outer) state.openedNames.closeBelow(node);
  return derive(state, state.scope, node, unique, { customGetter });
}

function enterByName<T>(
  state: GraphState,
  name: string,
  nameOfNameScope: string,
  options: VariableScopeOptions,
  fn: (scope: VariableScope) => T,
): T {
  checkParts(name);
  const outerScope = state.scope;
  const outerNameScope = state.nameScope;
  if (name !== '') state.nameScope = outerNameScope.unique(nameOfNameScope, state.undoLog);
  const outerNode = state.nodeOf(outerScope);
  const node = outerNode.at(name);
  const scope = derive(state, outerScope, node, state.nameScope.path, options);
  state.openedNames.open(node);
  state.scope = scope;
  try {
    return rejectPromise(fn(scope), 'variableScope');
  } finally {
    if (node !== outerNode) state.openedNames.closeBelow(node);
    state.scope = outerScope;
    state.nameScope = outerNameScope;
  }
}

function enterByDefaultName<T>(state: GraphState, options: VariableScopeOptions, fn: (scope: VariableScope) => T): T {
  const name = options.defaultName;
  if (name === undefined || name === null) {
    throw new ValueError('variableScope: with null as the name, options.defaultName is needed.');
  }
  if (options.reuse) {
    throw new ValueError(
      `variableScope: a scope that is made unique cannot be reused; give the name "${name}" itself.`,
    );
  }
  checkScopeName(name, false);
  return enterByName(state, uniqueScopeName(state.nodeOf(state.scope), name), name, options, fn);
}

function uniqueScopeName(node: ScopeNode, name: string): string {
  if (!node.at(name).opened) return name;
  let number = 1;
  while (node.at(`${name}_${number}`).opened) number++;
  return `${name}_${number}`;
}

function derive(
  state: GraphState,
  base: VariableScope,
  node: ScopeNode,
  originalNameScope: string,
  options: VariableScopeOptions,
): VariableScope {
  return new VariableScope(state, node, originalNameScope, {
    reuse: options.reuse || base.reuse,
    initializer: options.initializer ?? base.initializer,
    regularizer: options.regularizer ?? base.regularizer,
    partitioner: options.partitioner ?? base.partitioner,
    customGetter: wrapCustomGetter(options.customGetter ?? null, base.customGetter),
    dtype: options.dtype ?? base.dtype,
  });
}

function checkParts(name: string): void {
  if (!/^\/|\/\/|\/$/.test(name)) return;
  throw new ValueError(
    `'${name}' is not a valid name of a variable scope: there must be a name on both sides of a slash.`,
  );
}

function checkOptions(options: VariableScopeOptions): void {
  const { reuse } = options;
  if (reuse !== undefined && reuse !== null && typeof reuse !== 'boolean' && reuse !== 'auto') {
    throw new TypeError(`variableScope: options.reuse must be true, false or 'auto'; got ${String(reuse)}.`);
  }
  for (const key of ['initializer', 'regularizer', 'partitioner', 'customGetter'] as const) {
    const value = options[key];
    if (value !== undefined && value !== null && typeof value !== 'function') {
      throw new TypeError(`variableScope: options.${key} must be a function; got ${String(value)}.`);
    }
  }
  if (options.dtype !== undefined && options.dtype !== null) checkDtype(options.dtype, 'variableScope');
}
