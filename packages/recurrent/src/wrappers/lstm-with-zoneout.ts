import type * as tf from '@tensorflow/tfjs-core';
import { LSTM, type LSTMOptions } from '../lstm/lstm.ts';
import { LSTMState, type LSTMStateLike } from '../lstm/lstm-state.ts';
import { ZoneoutWrapper } from './zoneout-wrapper.ts';

/** Options of {@link lstmWithZoneout}: those of the LSTM, and two probabilities. */
export interface LSTMWithZoneoutOptions extends LSTMOptions {
  /** The probability that an element of the cell takes its new value. Default: 0.5. */
  readonly keepProbC?: number;
  /** The probability that an element of the hidden state takes its new value. Default: 0.95. */
  readonly keepProbH?: number;
}

/** An LSTM with zoneout. */
export type LSTMWithZoneout = ZoneoutWrapper<tf.Tensor, LSTMState, tf.Tensor, LSTMStateLike>;

/**
 * An LSTM with zoneout: elements of its state keep the value that they had before a step.
 *
 * @param hiddenSize The size of the cell.
 * @param options See {@link LSTMWithZoneoutOptions}.
 * @returns `[trainCore, testCore]`: for training, where elements keep their value at random, and for testing, where the state
 *   is a mean. Both have the variables of one LSTM.
 * @throws ValueError when a probability is not above 0 and at most 1; and what {@link LSTM} throws.
 *
 * Sonnet: `snt.lstm_with_zoneout`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, lstmWithZoneout } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [train, test] = lstmWithZoneout(8, { keepProbC: 0.8 });
 * assert.deepEqual(dynamicRnn(train, tf.ones([2, 5, 3]))[0].shape, [2, 5, 8]);
 * assert.deepEqual(dynamicRnn(test, tf.ones([2, 5, 3]))[0].shape, [2, 5, 8]);
 * ```
 */
export function lstmWithZoneout(
  hiddenSize: number,
  options: LSTMWithZoneoutOptions = {},
): [trainCore: LSTMWithZoneout, testCore: LSTMWithZoneout] {
  const { keepProbC = 0.5, keepProbH = 0.95, ...rest } = options;
  const lstm = new LSTM(hiddenSize, rest);
  const keepProbs = new LSTMState(keepProbH, keepProbC);
  return [
    new ZoneoutWrapper(lstm, keepProbs, { isTraining: true }),
    new ZoneoutWrapper(lstm, keepProbs, { isTraining: false }),
  ];
}
