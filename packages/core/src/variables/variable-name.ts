import type { Variable } from '@tensorflow/tfjs-core';

const names = new WeakMap<Variable, string>();

/** Remembers the name under which a graph knows a variable. */
export function nameVariable(variable: Variable, name: string): void {
  names.set(variable, name);
}

/**
 * The name of a variable in its graph, such as `mlp/linear_0/w`: what listings and checkpoints use.
 *
 * It differs from `variable.name`, the key in tfjs's engine, in graphs other than the default one. A variable that was
 * not made by {@link getVariable} has the name that tfjs gave it.
 */
export function variableName(variable: Variable): string {
  return names.get(variable) ?? variable.name;
}
