import { nameScope, nest, transaction, ValueError, type VariableScope, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type AnyCore, checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import { inStructureOfState, mapSizes } from '../state-size.ts';
import { Sequence } from './sequence.ts';
import { type SequenceLength, SequenceLengths } from './sequence-lengths.ts';
import { unrollCore } from './unroll-core.ts';

/** Options of {@link dynamicRnn}. */
export interface DynamicRnnOptions<PrevState = unknown> {
  /**
   * The number of steps of each row, between 0 and that of the inputs. Later outputs of a row are zero, and its state stays
   * as it was. A tensor is read back at run time, so that the call cannot be compiled. Default: all steps.
   */
  readonly sequenceLength?: SequenceLength | null;
  /** The state before the first step. Default: the core's own `initialState(batchSize)`. */
  readonly initialState?: PrevState | null;
  /** Whether inputs and outputs are [steps, batch, …], which is faster, instead of [batch, steps, …]. Default: false. */
  readonly timeMajor?: boolean;
  /** The variable scope to work in: a name, or a scope. Default: `rnn`. */
  readonly scope?: string | VariableScope | null;
}

/**
 * Unrolls a core in time: calls it for every step of a sequence, each with the state that the step before it left.
 *
 * All steps are one connection of the core. What does not depend on the state is computed for many steps at once. Without a
 * gradient the memory it takes, besides inputs and outputs, does not grow with the number of steps. When a step fails, nothing
 * has changed.
 *
 * @param core A recurrent core.
 * @param inputs A tensor [batch, steps, …], or with `timeMajor` [steps, batch, …]; or a structure of such tensors.
 * @param options See {@link DynamicRnnOptions}.
 * @returns The outputs of all steps, with dimensions in the order of the inputs, and the state after each row's last step.
 * @throws ValueError when `core` is not a recurrent core; when the inputs have fewer than two dimensions, or different
 *   numbers of steps or rows; when the state has another structure or another number of rows; when a sequence length is not
 *   an integer between 0 and the number of steps.
 *
 * TensorFlow 1: `tf.nn.dynamic_rnn`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, LSTM } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const lstm = new LSTM(4);
 * const [outputs, state] = dynamicRnn(lstm, tf.ones([2, 7, 3]), { sequenceLength: [7, 5] });
 * assert.deepEqual([outputs.shape, state.hidden.shape], [[2, 7, 4], [2, 4]]);
 * assert.deepEqual([...tf.slice(outputs, [1, 5], [1, 2]).dataSync()], Array(8).fill(0));
 * ```
 */
export function dynamicRnn<Inputs, State, Output, PrevState>(
  core: RNNCoreLike<Inputs, State, Output, PrevState>,
  inputs: Inputs,
  options: DynamicRnnOptions<PrevState> = {},
): [outputs: Output, finalState: State] {
  const direction = { reversed: false, where: 'dynamicRnn' };
  return unrollDynamically(core, inputs, options, direction) as [Output, State];
}

/** What {@link dynamicRnn} does, in either direction of time. */
export function unrollDynamically(
  core: unknown,
  inputs: unknown,
  options: DynamicRnnOptions,
  { reversed, where: caller }: { readonly reversed: boolean; readonly where: string },
): [outputs: unknown, finalState: unknown] {
  checkCore(core, caller);
  const where = `${caller}: ${String(core)}`;
  const { timeMajor = false, initialState = null, sequenceLength = null } = options;
  const { steps, batchSize } = checkInputs(inputs, timeMajor, where);
  const lengths = sequenceLength === null ? null : new SequenceLengths(sequenceLength, { batchSize, steps }, where);
  const given = initialState === null ? null : checkState(core, initialState, batchSize, where);
  const unrolled = (): [unknown, unknown] => {
    const start: unknown = given ?? core.initialState(batchSize);
    const values = timeMajor ? inputs : mapTensors(inputs, swapFirstDims);
    const [outputs, state] = steps === 0 ? noSteps(core, batchSize, start) : unroll(values, start);
    return [timeMajor ? outputs : mapTensors(outputs, swapFirstDims), state];
  };
  const unroll = (values: unknown, start: unknown): [unknown, unknown] => {
    const count = lengths === null ? steps : Math.max(1, lengths.max);
    const carry = lengths === null || lengths.min >= count ? null : lengths.hold.bind(lengths);
    const shown = count === steps ? values : mapTensors(values, (leaf) => firstSteps(leaf, count));
    const [outputs, state] = unrollCore(core, new Sequence(shown, { reversed, carry }), start);
    const cleared = lengths === null ? outputs : lengths.clear(outputs);
    return [count === steps ? cleared : mapTensors(cleared, (leaf) => padSteps(leaf, steps)), state];
  };
  return inScope(options.scope ?? 'rnn', unrolled);
}

function inScope<T>(scope: string | VariableScope, fn: () => T): T {
  const run = (): T => variableScope(scope, () => nameScope('while', fn));
  return transaction(() => tf.tidy(run as () => tf.TensorContainer) as T);
}

/**
 * The number of steps and rows of sequences.
 *
 * @throws ValueError when they are not tensors of two dimensions or more, or differ.
 */
export function checkInputs(
  inputs: unknown,
  timeMajor: boolean,
  where: string,
): { readonly steps: number; readonly batchSize: number } {
  const leaves: unknown[] = nest.flatten(inputs);
  const dims = timeMajor ? '[steps, batch, …]' : '[batch, steps, …]';
  const shapes = leaves.map((leaf) => {
    if (leaf instanceof tf.Tensor && leaf.rank >= 2) return leaf.shape;
    const found = leaf instanceof tf.Tensor ? `one of shape [${leaf.shape.join(', ')}]` : String(leaf);
    throw new ValueError(`${where}: the inputs must be tensors ${dims}; got ${found}.`);
  });
  const [first = []] = shapes;
  if (shapes.length === 0) throw new ValueError(`${where}: there are no inputs; expected tensors ${dims}.`);
  if (shapes.some((shape) => shape[0] !== first[0] || shape[1] !== first[1])) {
    const found = shapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
    throw new ValueError(`${where}: the inputs must have the same numbers of steps and rows, ${dims}; got ${found}.`);
  }
  const [a = 0, b = 0] = first;
  return timeMajor ? { steps: a, batchSize: b } : { steps: b, batchSize: a };
}

/**
 * Checks the state that a core is to begin with.
 *
 * @returns It in the structure of the core's state: with named tuples where plain objects or arrays stood for them.
 * @throws ValueError when it has another structure, or something else than tensors with that many rows.
 */
export function checkState(core: AnyCore, state: unknown, batchSize: number, where: string): unknown {
  const converted = inStructureOfState(core.stateSize, state, `${where}: the state`);
  for (const leaf of nest.flatten(converted) as unknown[]) {
    if (leaf instanceof tf.Tensor && (leaf.rank === 0 || leaf.shape[0] === batchSize)) continue;
    const found = leaf instanceof tf.Tensor ? `one of shape [${leaf.shape.join(', ')}]` : String(leaf);
    throw new ValueError(
      `${where}: the state must be tensors [${batchSize}, …], with a row for each of the inputs; got ${found}. ` +
        `Make it with initialState(${batchSize}).`,
    );
  }
  return converted;
}

function mapTensors(structure: unknown, fn: (leaf: tf.Tensor) => tf.Tensor): unknown {
  return nest.map((leaf) => fn(leaf as tf.Tensor), structure);
}

/** [batch, steps, …] to [steps, batch, …], or back. */
function swapFirstDims(leaf: tf.Tensor): tf.Tensor {
  const [a = 0, b = 0, ...rest] = leaf.shape;
  if (a === 1 || b === 1) return tf.reshape(leaf, [b, a, ...rest]);
  return tf.transpose(leaf, [1, 0, ...rest.map((_, i) => i + 2)]);
}

function firstSteps(leaf: tf.Tensor, count: number): tf.Tensor {
  const rest = leaf.shape.slice(1);
  return tf.slice(leaf, [0, ...rest.map(() => 0)], [count, ...rest]);
}

function padSteps(leaf: tf.Tensor, steps: number): tf.Tensor {
  const rest = leaf.shape.slice(1);
  return tf.pad(leaf, [[0, steps - (leaf.shape[0] ?? 0)], ...rest.map((): [number, number] => [0, 0])]);
}

/** What is left of a sequence without steps: no outputs, and the state as it was, in tensors of its own. */
function noSteps(core: AnyCore, batchSize: number, start: unknown): [outputs: unknown, finalState: unknown] {
  const outputs = mapSizes(core.outputSize, (shape) => tf.zeros([0, batchSize, ...shape]));
  return [outputs, mapTensors(start, (leaf) => tf.clone(leaf))];
}
