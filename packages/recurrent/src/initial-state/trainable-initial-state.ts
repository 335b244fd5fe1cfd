import {
  type Initializer,
  initializers as initializerFunctions,
  nest,
  type Regularizer,
  ValueError,
} from '@sonnetjs/core';
import { TrainableVariable } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { readBatchSize } from '../batch-size.ts';
import { flattenSizes, inStructureOf, mapSizes, type StateSize, showSize } from '../state-size.ts';

/** An initializer for each tensor of a state, in the structure of the state. */
export type StateInitializers = nest.Nested<Initializer>;

/** A regularizer for each tensor of a state, in the structure of the state. */
export type StateRegularizers = nest.Nested<Regularizer>;

/** Options of {@link trainableInitialState}. */
export interface TrainableInitialStateOptions {
  /** An initializer for each variable, in the structure of the state. Default: zeros. */
  readonly initializers?: StateInitializers | null;
  /** A regularizer for each variable, in the structure of the state. Default: none. */
  readonly regularizers?: StateRegularizers | null;
  /** What the names of the variables begin with. Default: `initial_state`. */
  readonly name?: string | null;
}

/**
 * A state that is learned: trainable variables, one for each tensor, repeated for every row of the batch.
 *
 * The variables are those of {@link TrainableVariable} modules, which have the names of a named tuple's fields,
 * `initial_state_hidden/w`, or else numbers, `initial_state_0/w`. Each call makes new ones: call it in the `build` of a
 * module, which shares them between its connections.
 *
 * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
 * @param stateSize The sizes of the tensors without the batch dimension.
 * @param dtype The dtype of the variables: `float32` (the default) or `int32`.
 * @param options See {@link TrainableInitialStateOptions}.
 * @returns Tensors [batchSize, ...size] in the structure of `stateSize`.
 * @throws ValueError when the batch size is not an integer of at least 0, or an initializer or a regularizer is not a
 *   function, or they are not in the structure of the state.
 * @throws TypeError when their structure has other types than the state.
 *
 * Sonnet: `snt.trainable_initial_state`.
 *
 * @example
 * ```ts
 * import { initializers, Module, resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import { trainableInitialState } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const options = { initializers: [initializers.ones(), initializers.zeros()] };
 * const start = new Module(() => trainableInitialState(4, [[2], [3]], 'float32', options), { name: 'start' });
 * const state = start() as [tf.Tensor, tf.Tensor];
 * assert.deepEqual(state.map(({ shape }) => shape), [[4, 2], [4, 3]]);
 * assert.deepEqual(start.variables.map(variableName), ['start/initial_state_0/w', 'start/initial_state_1/w']);
 * ```
 */
export function trainableInitialState(
  batchSize: number | tf.Tensor,
  stateSize: StateSize,
  dtype: tf.DataType = 'float32',
  options: TrainableInitialStateOptions = {},
): unknown {
  return makeTrainableState('trainableInitialState', batchSize, stateSize, dtype, options);
}

/** What {@link trainableInitialState} does, for a caller with another name. */
export function makeTrainableState(
  where: string,
  batchSize: number | tf.Tensor,
  stateSize: StateSize,
  dtype: tf.DataType,
  options: TrainableInitialStateOptions,
): unknown {
  const rows = readBatchSize(batchSize, where);
  const shapes = flattenSizes(stateSize);
  const check = (what: 'initializers' | 'regularizers') =>
    checkFunctions(where, what, options[what] ?? null, stateSize);
  const initializers = check('initializers') as Initializer[] | null;
  const regularizers = check('regularizers') as Regularizer[] | null;
  const suffixes = suffixesOf(stateSize, shapes.length);
  const name = options.name ?? 'initial_state';
  let i = 0;
  return mapSizes(stateSize, (shape) => {
    const variable = new TrainableVariable([1, ...shape], {
      dtype,
      initializers: { w: initializers?.[i] ?? initializerFunctions.zeros() },
      regularizers: regularizers === null ? null : { w: regularizers[i] as Regularizer },
      name: `${name}_${suffixes[i++]}`,
    });
    return tf.tile(variable(), [rows, ...shape.map(() => 1)]);
  });
}

/** The fields of a named tuple whose values are sizes, or numbers. */
function suffixesOf(stateSize: StateSize, count: number): readonly string[] {
  const { fields } = Object(stateSize).constructor as { fields?: readonly string[] };
  return fields?.length === count ? fields : Array.from({ length: count }, (_, i) => String(i));
}

function checkFunctions(where: string, what: string, given: unknown, stateSize: StateSize): unknown[] | null {
  if (given === null) return null;
  const isOne = !nest.isSequence(given);
  const functions: unknown[] = isOne && typeof given !== 'function' ? [given] : leavesOf(where, what, given, stateSize);
  const wrong = functions.find((item) => typeof item !== 'function');
  if (wrong === undefined) return functions;
  throw new ValueError(
    `${where}: not all the passed ${what} are callable: they must be functions in the structure of the state ` +
      `${showSize(stateSize)}; got ${String(wrong)}.`,
  );
}

function leavesOf(where: string, what: string, given: unknown, stateSize: StateSize): unknown[] {
  try {
    return nest.flatten(inStructureOf(stateSize, given));
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof TypeError)) throw error;
    const type = error instanceof ValueError ? ValueError : TypeError;
    throw new type(
      `${where}: the ${what} must be in the structure of the state ${showSize(stateSize)}. ${error.message}`,
    );
  }
}
