import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import type { RegularizationLoss } from '../graph/collections.ts';
import { isProgramDefault } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import type { GraphState } from '../graph/graph-state.ts';
import {
  glorotUniform,
  type Initializer,
  type InitializerContext,
  type PartitionInfo,
  zeros,
} from '../initializers/index.ts';
import { RandomStream } from '../random/random-stream.ts';
import type { Regularizer } from '../regularizers/index.ts';
import { nameVariable, type VariableSlice } from './variable-name.ts';

const NAME_PATTERN = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;

/** What is needed to make one variable. */
export interface NewVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly initializer: Initializer | null;
  readonly regularizer: Regularizer | null;
  readonly trainable: boolean;
  readonly collections: readonly string[];
  /** Of a slice, what it is a slice of. */
  readonly slice?: VariableSlice;
}

/** Makes a variable, gives it its first value, and enters it into the graph's collections. */
export function createVariable(state: GraphState, spec: NewVariable): tf.Variable {
  checkNewVariable(spec);
  const variable = initialize(state, spec);
  nameVariable(variable, spec.name, spec.slice ?? null);
  state.variables.push(variable);
  state.undoLog.recordAction(() => {
    state.variables.splice(state.variables.lastIndexOf(variable), 1);
    variable.dispose();
  });
  for (const collection of collectionsOf(spec)) state.addToCollection(collection, variable);
  if (spec.regularizer !== null) addRegularizationLoss(state, variable, spec.name, spec.regularizer);
  for (const listener of state.creationListeners) listener(variable);
  return variable;
}

function collectionsOf({ collections, trainable }: NewVariable): readonly string[] {
  if (!trainable || collections.includes(GraphKeys.TRAINABLE_VARIABLES)) return collections;
  return [...collections, GraphKeys.TRAINABLE_VARIABLES];
}

function initialize(state: GraphState, spec: NewVariable): tf.Variable {
  const { name, shape, dtype } = spec;
  const initializer = spec.initializer ?? defaultInitializer(dtype);
  const context: InitializerContext = {
    name,
    get random() {
      return RandomStream.fromSeed(state.seed, 'variable', name);
    },
    ...(spec.slice === undefined ? {} : { partition: partitionInfo(spec.slice) }),
  };
  let variable: tf.Variable | null = null;
  tf.tidy(() => {
    const value: unknown = initializer([...shape], dtype, context);
    checkInitialValue(value, spec);
    variable = tf.variable(value, spec.trainable, engineKey(state, name), dtype);
  });
  return variable as unknown as tf.Variable;
}

function partitionInfo({ fullShape, offset }: VariableSlice): PartitionInfo {
  return { fullShape: [...fullShape], offset: [...offset] };
}

function defaultInitializer(dtype: tf.DataType): Initializer {
  return dtype === 'float32' ? glorotUniform() : zeros();
}

/** A key for tfjs's engine, in which the variables of all graphs and of other libraries live together. */
function engineKey(state: GraphState, name: string): string {
  const taken = tf.engine().registeredVariables;
  let key = isProgramDefault(state) ? name : `${state.graph.id}!${name}`;
  for (let i = 1; taken[key] !== undefined; i++) key = `${state.graph.id}!${name}!${i}`;
  return key;
}

function addRegularizationLoss(state: GraphState, variable: tf.Variable, name: string, regularizer: Regularizer): void {
  if (!givesLoss(regularizer, variable, name)) return;
  const loss: RegularizationLoss = {
    name: `${name}/Regularizer/${regularizer.regularizerName ?? 'regularizer'}`,
    loss: () => tf.tidy(() => regularizer(variable) as tf.Tensor),
  };
  state.addToCollection(GraphKeys.REGULARIZATION_LOSSES, loss);
}

function givesLoss(regularizer: Regularizer, variable: tf.Variable, name: string): boolean {
  return tf.tidy(() => {
    const loss: unknown = regularizer(variable) ?? null;
    if (loss === null || loss instanceof tf.Tensor) return loss !== null;
    throw new TypeError(`Variable "${name}": the regularizer must return a tensor or null; got ${String(loss)}.`);
  });
}

function checkNewVariable({ name, shape }: NewVariable): void {
  if (!NAME_PATTERN.test(name) || /\/\/|\/$/.test(name)) {
    throw new ValueError(
      `Variable "${name}": the name must match ${NAME_PATTERN.source}, with a name on both sides of a slash.`,
    );
  }
  checkShape(name, shape);
}

/** @throws ValueError when it is not the shape of a tensor. */
export function checkShape(name: string, shape: readonly number[]): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ValueError(`Variable "${name}": every size must be an integer of at least 0; got [${shape.join(', ')}].`);
  }
}

/** @throws ValueError when the variable was disposed, but not with its graph. */
export function checkNotDisposed(variable: tf.Variable, name: string): void {
  if (!variable.isDisposed) return;
  throw new ValueError(
    `Variable "${name}" was disposed, by its dispose method or by tf.disposeVariables, but belongs to a graph. ` +
      'To start anew, free all variables of the graph: with resetDefaultGraph() or graph.dispose().',
  );
}

function checkInitialValue(value: unknown, { name, shape, dtype }: NewVariable): asserts value is tf.Tensor {
  if (!(value instanceof tf.Tensor)) {
    throw new TypeError(`Variable "${name}": the initializer must return a tensor; got ${String(value)}.`);
  }
  if (!tf.util.arraysEqual(value.shape, [...shape]) || value.dtype !== dtype) {
    throw new ValueError(
      `Variable "${name}": the initializer must return ${dtype} [${shape.join(', ')}]; ` +
        `got ${value.dtype} [${value.shape.join(', ')}].`,
    );
  }
}
