import type { Variable } from '@tensorflow/tfjs-core';

/** Where a slice lies in the variable that it is a slice of. */
export interface VariableSlice {
  /** The name of the whole variable. */
  readonly whole: string;
  /** The shape of the whole variable. */
  readonly fullShape: readonly number[];
  /** The index of the slice's first element in the whole variable. */
  readonly offset: readonly number[];
}

const names = new WeakMap<Variable, string>();
const slices = new WeakMap<Variable, VariableSlice>();

/** Remembers the name under which a graph knows a variable, and what it is a slice of, if it is one. */
export function nameVariable(variable: Variable, name: string, slice: VariableSlice | null = null): void {
  names.set(variable, name);
  if (slice !== null) slices.set(variable, slice);
}

/** What a variable that a partitioner made is a slice of, or null for a variable that is stored whole. */
export function variableSlice(variable: Variable): VariableSlice | null {
  return slices.get(variable) ?? null;
}

/**
 * The name of a variable in its graph, such as `mlp/linear_0/w`: what listings and checkpoints use.
 *
 * It differs from `variable.name`, the key in tfjs's engine, in graphs other than the default one. A variable that was
 * not made by {@link getVariable} has the name that tfjs gave it.
 *
 * @example
 * ```ts
 * import { getVariable, Graph, variableName } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import assert from 'node:assert';
 *
 * const graph = new Graph();
 * const w = graph.asDefault(() => getVariable('w', { shape: [2] })) as tf.Variable;
 * assert.equal(variableName(w), 'w');
 * assert.equal(w.name, `${graph.id}!w`);
 * graph.dispose();
 * ```
 */
export function variableName(variable: Variable): string {
  return names.get(variable) ?? variable.name;
}
