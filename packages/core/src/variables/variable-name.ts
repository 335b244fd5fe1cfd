import type { Variable } from '@tensorflow/tfjs-core';

const names = new WeakMap<Variable, string>();
const wholes = new WeakMap<Variable, string>();

/**
 * Remembers the name under which a graph knows a variable.
 *
 * @param whole Of a slice, the name of the variable that it is a slice of.
 */
export function nameVariable(variable: Variable, name: string, whole: string | null = null): void {
  names.set(variable, name);
  if (whole !== null) wholes.set(variable, whole);
}

/** The name of the variable that a variable is a slice of, or null when it is none. */
export function nameOfWhole(variable: Variable): string | null {
  return wholes.get(variable) ?? null;
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
