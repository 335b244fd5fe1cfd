import { type NamedTuple, type NamedTupleClass, namedTuple } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { noState } from '../check-tensors.ts';

/** The fields of {@link LSTMState}. */
export type LSTMStateFields = readonly ['hidden', 'cell'];

/**
 * The state of an {@link LSTM}: a named tuple of the hidden state and the cell.
 *
 * `new LSTMState(hidden, cell)` and `LSTMState.from({ hidden, cell })` make one. Sizes, initializers and whatever else comes
 * one a tensor of the state are LSTMStates too.
 *
 * Sonnet: `snt.LSTMState`.
 *
 * @example
 * ```ts
 * import { LSTMState } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const [hidden, cell] = new LSTMState(tf.zeros([4, 8]), tf.ones([4, 8]));
 * assert.deepEqual([hidden.shape, cell.shape], [[4, 8], [4, 8]]);
 * ```
 */
export const LSTMState: NamedTupleClass<LSTMStateFields> = /* @__PURE__ */ namedTuple('LSTMState', ['hidden', 'cell']);

/** An LSTMState of tensors, or of what else there is one of for each tensor of the state. */
export type LSTMState<T = tf.Tensor> = NamedTuple<LSTMStateFields, readonly [hidden: T, cell: T]>;

/** The ways to write the state that an LSTM gets: an {@link LSTMState}, an object with its fields, or an array. */
export type LSTMStateLike =
  | { readonly hidden: tf.Tensor; readonly cell: tf.Tensor }
  | readonly [hidden: tf.Tensor, cell: tf.Tensor];

/** @throws ValueError when the state is written in none of these ways. */
export function asLSTMState(core: object, state: LSTMStateLike): LSTMState {
  if (state instanceof LSTMState) return state as LSTMState;
  if (Array.isArray(state) && state.length === 2) return new LSTMState(state[0] as tf.Tensor, state[1] as tf.Tensor);
  const { hidden, cell } = Object(state) as { readonly hidden?: tf.Tensor; readonly cell?: tf.Tensor };
  if (hidden !== undefined && cell !== undefined) return new LSTMState(hidden, cell);
  throw noState(
    core,
    'the previous state must be { hidden, cell }, an LSTMState or an array of these 2 tensors',
    state,
  );
}
