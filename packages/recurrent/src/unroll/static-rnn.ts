import { nest, transaction, ValueError, type VariableScope, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import { checkState } from './dynamic-rnn.ts';
import { type SequenceLength, SequenceLengths } from './sequence-lengths.ts';

/** Options of {@link staticRnn}. */
export interface StaticRnnOptions<PrevState = unknown> {
  /** The state before the first step. Default: the core's own `initialState(batchSize)`. */
  readonly initialState?: PrevState | null;
  /**
   * The number of steps of each row. Later outputs of a row are zero, and its state stays as it was. A tensor is read back
   * at run time, so that the call cannot be compiled. Default: all steps.
   */
  readonly sequenceLength?: SequenceLength | null;
  /** The variable scope to work in: a name, or a scope. Default: `rnn`. */
  readonly scope?: string | VariableScope | null;
}

/**
 * Calls a core for each of several inputs, each time with the state that the call before left.
 *
 * Every step is a connection of its own, as if you had written the calls one after the other. {@link dynamicRnn} is faster.
 * When a step fails, nothing has changed.
 *
 * @param core A recurrent core.
 * @param inputs An array of the inputs of each step: tensors [batch, …], or structures of them.
 * @param options See {@link StaticRnnOptions}.
 * @returns An array of the outputs of each step, and the state after each row's last step.
 * @throws ValueError when `core` is not a recurrent core, there are no inputs, the state has another structure or another
 *   number of rows, or a sequence length is not an integer between 0 and the number of steps.
 *
 * TensorFlow 1: `tf.nn.static_rnn`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { GRU, staticRnn } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [outputs, state] = staticRnn(new GRU(4), [tf.ones([2, 3]), tf.zeros([2, 3])]);
 * assert.deepEqual(outputs.map(({ shape }) => shape), [[2, 4], [2, 4]]);
 * assert.deepEqual(state.shape, [2, 4]);
 * ```
 */
export function staticRnn<Inputs, State, Output, PrevState>(
  core: RNNCoreLike<Inputs, State, Output, PrevState>,
  inputs: readonly Inputs[],
  options: StaticRnnOptions<PrevState> = {},
): [outputs: Output[], finalState: State] {
  checkCore(core, 'staticRnn');
  const where = `staticRnn: ${String(core)}`;
  const batchSize = checkSteps(inputs, where);
  const { sequenceLength = null, initialState = null, scope } = options;
  const size = { batchSize, steps: inputs.length };
  const lengths = sequenceLength === null ? null : new SequenceLengths(sequenceLength, size, where);
  const given = initialState === null ? null : checkState(core, initialState, batchSize, where);
  const unroll = (): [Output[], State] => {
    let state = (given ?? core.initialState(batchSize)) as State;
    const outputs = inputs.map((step, i) => {
      const previous = state;
      const [output, next] = core(step, previous as unknown as PrevState);
      state = lengths === null ? next : lengths.hold(i, previous, next);
      return lengths === null ? output : lengths.clearStep(i, output);
    });
    return [outputs, state];
  };
  const run = (): [Output[], State] => variableScope(scope ?? 'rnn', unroll);
  return transaction(() => tf.tidy(run as unknown as () => tf.TensorContainer) as unknown as [Output[], State]);
}

function checkSteps(inputs: readonly unknown[], where: string): number {
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw new ValueError(
      `${where}: inputs must be an array with the inputs of at least one step; got ${String(inputs)}.`,
    );
  }
  const leaves: unknown[] = nest.flatten(inputs);
  const rows = leaves.map((leaf) => (leaf instanceof tf.Tensor ? leaf.shape[0] : undefined));
  const [first] = rows;
  if (first !== undefined && rows.every((count) => count === first)) return first;
  const found = leaves.map((leaf) => (leaf instanceof tf.Tensor ? `[${leaf.shape.join(', ')}]` : String(leaf)));
  throw new ValueError(`${where}: all inputs must be tensors [batch, …] with as many rows; got ${found.join(', ')}.`);
}
