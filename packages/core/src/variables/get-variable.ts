import { Tensor, type Variable } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { currentState } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import type { GraphState } from '../graph/graph-state.ts';
import type { ScopeNode } from '../graph/scope-node.ts';
import { checkArgs } from './check-args.ts';
import { checkNotDisposed, createVariable } from './create-variable.ts';
import type { CustomGetter, GetVariableArgs } from './get-variable-args.ts';
import { getPartitionedVariable } from './partitioned-variable.ts';
import type { VariableScope } from './variable-scope.ts';

/** Options of {@link getVariable}. */
export interface GetVariableOptions extends GetVariableArgs {
  /** Stands between this request and the graph. The default is the scope's; when given, the scope's is not used. */
  readonly customGetter?: CustomGetter | null;
}

/**
 * Gets the variable of a name in the current scope, and makes it where the scope allows that.
 *
 * Inside a module's `build` the first connection makes the variables and later ones get the same ones.
 *
 * @param name The name, relative to the current variable scope.
 * @param options The shape, and how the variable is made.
 * @returns A `tf.Variable`; with a partitioner or a custom getter a tensor computed from variables.
 * @throws ValueError when the variable exists and must not, or must and does not, or has another shape or dtype; when it
 *   is new and no shape is given, or its name or shape is not valid, or the initializer gives another shape or dtype; when
 *   it was disposed otherwise than with its graph.
 * @throws TypeError when an argument has the wrong type, or the dtype does not exist in TensorFlow.js.
 *
 * Sonnet: `tf.get_variable`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, initializers, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const bias = variableScope('net', () => getVariable('b', { shape: [3], initializer: initializers.zeros() }));
 * assert.deepEqual([...bias.dataSync()], [0, 0, 0]);
 * assert.deepEqual(globalVariables().map((variable) => variable.name), ['net/b']);
 * ```
 */
export function getVariable(name: string, options: GetVariableOptions = {}): Tensor {
  const state = currentState();
  const scope = state.scope;
  const node = state.nodeOf(scope);
  const customGetter = options.customGetter ?? scope.customGetter;
  if (customGetter === null) {
    const known = sharedVariable(state, scope, node, name, options);
    if (known !== null) return known;
  }
  checkTypes(name, customGetter);
  const fullName = scope.name === '' ? name : `${scope.name}/${name}`;
  const args: GetVariableArgs = {
    shape: options.shape ?? null,
    dtype: options.dtype ?? scope.dtype,
    initializer: options.initializer ?? scope.initializer,
    regularizer: options.regularizer ?? scope.regularizer,
    trainable: options.trainable ?? true,
    collections: options.collections ?? null,
    partitioner: options.partitioner ?? scope.partitioner,
    reuse: options.reuse ?? scope.reuse,
  };
  if (customGetter === null) return trueGetter(state, fullName, args);
  const value = customGetter((innerName, innerArgs) => trueGetter(state, innerName, innerArgs), fullName, args);
  if (value instanceof Tensor) return value;
  throw new TypeError(`getVariable "${fullName}": the custom getter must return a tensor; got ${String(value)}.`);
}

function checkTypes(name: unknown, customGetter: unknown): void {
  if (typeof name !== 'string') {
    throw new TypeError(`getVariable: the name must be a string; got ${String(name)} (${typeof name}).`);
  }
  if (customGetter === null || typeof customGetter === 'function') return;
  throw new TypeError(`getVariable "${name}": customGetter must be a function; got ${String(customGetter)}.`);
}

/** The hot path: a variable that exists, may be shared, and is stored whole. */
function sharedVariable(
  state: GraphState,
  scope: VariableScope,
  node: ScopeNode,
  name: string,
  options: GetVariableOptions,
): Variable | null {
  if ((options.reuse ?? scope.reuse) === false) return null;
  if ((options.partitioner ?? scope.partitioner) !== null) return null;
  const record = node.variables.get(name);
  if (record === undefined || record.kind !== 'single') return null;
  const { variable } = record;
  if (variable.isDisposed) return null;
  if (options.shape != null && !sameShape(options.shape, variable.shape)) return null;
  if ((options.dtype ?? scope.dtype) !== variable.dtype) return null;
  state.capture(variable);
  return variable;
}

/** Gets or makes a variable by its full name, after all scopes and custom getters. */
function trueGetter(state: GraphState, name: string, args: GetVariableArgs): Tensor {
  checkArgs(name, args);
  const slash = name.lastIndexOf('/');
  const node = slash < 0 ? state.rootNode : state.rootNode.at(name.slice(0, slash));
  const leaf = name.slice(slash + 1);
  const existing = node.variables.get(leaf);
  const isScalar = args.shape != null && args.shape.length === 0;
  if ((args.partitioner != null && !isScalar) || (args.reuse === true && existing?.kind === 'partitioned')) {
    return getPartitionedVariable(state, node, leaf, name, args);
  }
  if (existing?.kind === 'partitioned') {
    throw new ValueError(
      `Variable "${name}" exists in slices ("${name}/part_0", …), but no partitioner was given. ` +
        'Give the partitioner with which it was made.',
    );
  }
  if (existing !== undefined) {
    checkShared(name, existing.variable, args);
    state.capture(existing.variable);
    return existing.variable;
  }
  return state.transaction(() => makeVariable(state, node, leaf, name, args));
}

function makeVariable(state: GraphState, node: ScopeNode, leaf: string, name: string, args: GetVariableArgs): Variable {
  if (args.reuse === true) {
    throw new ValueError(
      `Variable "${name}" does not exist, and this scope may only share variables. A module must ask for the same ` +
        'variables at every connection as at its first; elsewhere use reuse "auto".',
    );
  }
  if (args.shape == null) {
    throw new ValueError(`Variable "${name}" is new, so its shape must be given: getVariable(name, { shape }).`);
  }
  const variable = createVariable(state, {
    name,
    shape: args.shape,
    dtype: args.dtype ?? 'float32',
    initializer: args.initializer ?? null,
    regularizer: args.regularizer ?? null,
    trainable: args.trainable ?? true,
    collections: args.collections ?? [GraphKeys.GLOBAL_VARIABLES],
  });
  node.variables.set(leaf, { kind: 'single', name, variable });
  state.undoLog.recordAction(() => node.variables.delete(leaf));
  state.capture(variable);
  return variable;
}

function checkShared(name: string, variable: Variable, args: GetVariableArgs): void {
  checkNotDisposed(variable, name);
  if (args.reuse === false) {
    throw new ValueError(
      `Variable "${name}" already exists, and this scope may not share variables. ` +
        'Use another name, or set reuse to true or "auto" in variableScope.',
    );
  }
  if (args.shape != null && !sameShape(args.shape, variable.shape)) {
    throw new ValueError(
      `Variable "${name}" cannot be shared: it has the shape [${variable.shape.join(', ')}], ` +
        `but [${args.shape.join(', ')}] was asked for.`,
    );
  }
  const dtype = args.dtype ?? variable.dtype;
  if (dtype !== variable.dtype) {
    throw new ValueError(`Variable "${name}" cannot be shared: it is ${variable.dtype}, but ${dtype} was asked for.`);
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
