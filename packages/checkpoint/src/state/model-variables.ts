import { type Graph, getNormalizedVariableMap, type ScopeLike, ValueError, variableSlice } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../checkpoint-error.ts';
import type { Box } from '../values/slices.ts';

/** A variable, or a slice of one, and where it lies in the whole. */
export interface VariablePart {
  readonly variable: tf.Variable;
  readonly box: Box;
}

/** A variable of a model under the name that a checkpoint has it: one part, or its slices. */
export interface ModelVariable extends TensorSpec {
  readonly name: string;
  readonly parts: readonly VariablePart[];
}

/** Which variables of which model. */
export interface VariableSelection {
  readonly graph: Graph;
  readonly scope: ScopeLike;
  readonly collections: readonly string[];
  readonly context: ScopeLike | null;
}

/**
 * The variables that exist now, by their names inside the context.
 *
 * @throws ValueError when two variables have one name, or one whose name cannot be that of a variable.
 */
export function modelVariables(selection: VariableSelection): Map<string, ModelVariable> {
  const { graph, scope, collections, context } = selection;
  const byName = new Map<string, ModelVariable>();
  for (const collection of collections) {
    const map = graph.asDefault(() => getNormalizedVariableMap(scope, { collection, context }));
    for (const [name, entry] of Object.entries(map)) {
      const variable = modelVariable(name, Array.isArray(entry) ? entry : [entry]);
      const known = byName.get(name);
      if (known !== undefined && known.parts[0]?.variable !== variable.parts[0]?.variable) {
        throw new ValueError(`getSaver: there are two variables "${name}".`);
      }
      byName.set(name, variable);
    }
  }
  return byName;
}

function modelVariable(name: string, variables: readonly tf.Variable[]): ModelVariable {
  // The names of what belongs to optimizers and callers have a colon.
  if (name.includes(':')) throw new ValueError(`getSaver: a variable cannot have a colon in its name: "${name}".`);
  const parts = variables.map((variable) => ({
    variable,
    box: { shape: variable.shape, offset: variableSlice(variable)?.offset ?? variable.shape.map(() => 0) },
  }));
  const [first] = variables as [tf.Variable];
  return { name, dtype: first.dtype, shape: variableSlice(first)?.fullShape ?? first.shape, parts };
}
