import type * as tf from '@tensorflow/tfjs-core';
import { HighwayCore, type HighwayCoreOptions } from '../highway-core.ts';
import { LSTM, type LSTMOptions } from '../lstm/lstm.ts';
import { LSTMState, type LSTMStateLike } from '../lstm/lstm-state.ts';
import { RecurrentDropoutWrapper } from './recurrent-dropout-wrapper.ts';

/** Options of {@link lstmWithRecurrentDropout}: those of the LSTM, and a probability. */
export interface LSTMWithRecurrentDropoutOptions extends LSTMOptions {
  /** The probability that an element of the hidden state is kept. Default: 0.5. */
  readonly keepProb?: number;
}

/** Options of {@link highwayCoreWithRecurrentDropout}: those of the core, and a probability. */
export interface HighwayCoreWithRecurrentDropoutOptions extends HighwayCoreOptions {
  /** The probability that an element of the state is kept. Default: 0.5. */
  readonly keepProb?: number;
}

/**
 * An LSTM with recurrent dropout of its hidden state.
 *
 * @param hiddenSize The size of the cell.
 * @param options See {@link LSTMWithRecurrentDropoutOptions}.
 * @returns `[trainCore, testCore]`: the LSTM with dropout for training, and the same LSTM without.
 * @throws ValueError when the probability is not above 0 and at most 1; and what {@link LSTM} throws.
 *
 * Sonnet: `snt.lstm_with_recurrent_dropout`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, lstmWithRecurrentDropout } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [train, test] = lstmWithRecurrentDropout(8, { keepProb: 0.9 });
 * assert.deepEqual(dynamicRnn(train, tf.ones([2, 5, 3]))[0].shape, [2, 5, 8]);
 * assert.deepEqual(dynamicRnn(test, tf.ones([2, 5, 3]))[0].shape, [2, 5, 8]);
 * ```
 */
export function lstmWithRecurrentDropout(
  hiddenSize: number,
  options: LSTMWithRecurrentDropoutOptions = {},
): [trainCore: RecurrentDropoutWrapper<tf.Tensor, LSTMState, tf.Tensor, LSTMStateLike>, testCore: LSTM] {
  const { keepProb = 0.5, ...rest } = options;
  const lstm = new LSTM(hiddenSize, rest);
  return [new RecurrentDropoutWrapper(lstm, new LSTMState(keepProb, null)), lstm];
}

/**
 * A highway core with recurrent dropout of its state.
 *
 * @param hiddenSize The size of the state.
 * @param numLayers The number of highway layers.
 * @param options See {@link HighwayCoreWithRecurrentDropoutOptions}.
 * @returns `[trainCore, testCore]`: the core with dropout for training, and the same core without.
 * @throws ValueError when the probability is not above 0 and at most 1; and what {@link HighwayCore} throws.
 *
 * Sonnet: `snt.highway_core_with_recurrent_dropout`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, highwayCoreWithRecurrentDropout } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [train] = highwayCoreWithRecurrentDropout(8, 2);
 * assert.deepEqual(dynamicRnn(train, tf.ones([2, 5, 3]))[0].shape, [2, 5, 8]);
 * ```
 */
export function highwayCoreWithRecurrentDropout(
  hiddenSize: number,
  numLayers: number,
  options: HighwayCoreWithRecurrentDropoutOptions = {},
): [trainCore: RecurrentDropoutWrapper<tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor>, testCore: HighwayCore] {
  const { keepProb = 0.5, ...rest } = options;
  const core = new HighwayCore(hiddenSize, numLayers, rest);
  return [new RecurrentDropoutWrapper(core, keepProb), core];
}
