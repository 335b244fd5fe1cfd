import {
  type BuildParameters,
  booleanArgument,
  nest,
  nextRandomStream,
  type RandomStream,
  required,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { InitialStateOptions } from '../initial-state/initial-state-options.ts';
import { RNNCore } from '../rnn-core.ts';
import { checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import type { StateSize } from '../state-size.ts';
import { asNamedTuples } from '../state-size.ts';
import { sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { connectCore } from '../unroll/unroll-core.ts';
import { checkKeepProbs, type KeepProbs, partAt } from './keep-probs.ts';

/** Options of {@link ZoneoutWrapper}. */
export interface ZoneoutWrapperOptions {
  /**
   * Whether elements of the state keep their old value at random. Otherwise every element is the mean of its old and its new
   * value, by the probability.
   */
  readonly isTraining: boolean;
}

/**
 * Lets elements of a core's state keep the value that they had before a step, at random.
 *
 * {@link lstmWithZoneout} makes a pair for an LSTM, one for training and one for testing.
 *
 * Sonnet: `snt.python.modules.gated_rnn.ZoneoutWrapper`. Krueger et al., "Zoneout: Regularizing RNNs by Randomly Preserving
 * Hidden Activations" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { GRU, ZoneoutWrapper } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const gru = new GRU(8);
 * const core = new ZoneoutWrapper(gru, 0.9, { isTraining: true });
 * const [output, state] = core(tf.ones([4, 3]), core.initialState(4));
 * assert.deepEqual([output.shape, state.shape], [[4, 8], [4, 8]]);
 * ```
 */
export class ZoneoutWrapper<Inputs, State, Output, PrevState> extends RNNCore<Inputs, State, Output, PrevState> {
  static override readonly moduleName: string = 'zoneout_wrapper';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(ZoneoutWrapper);
  }

  readonly #core: RNNCoreLike<Inputs, State, Output, PrevState>;
  readonly #keepProbs: KeepProbs;
  readonly #isTraining: boolean;

  /**
   * @param core The core, whose name with `_zoneout` at its end is the name of this module.
   * @param keepProbs The probability that an element takes its new value, for each tensor of the state in its structure; null
   *   where nothing is kept.
   * @param options `isTraining`, which is required.
   * @throws TypeError when `isTraining` is missing.
   * @throws ValueError when `core` is not a recurrent core, or the probabilities are not in the structure of its state, or
   *   one is not above 0 and at most 1.
   */
  constructor(
    core: RNNCoreLike<Inputs, State, Output, PrevState>,
    keepProbs: KeepProbs,
    options: ZoneoutWrapperOptions,
  ) {
    checkCore(core, 'ZoneoutWrapper');
    const checked = checkKeepProbs(keepProbs, core.stateSize, 'ZoneoutWrapper');
    const isTraining = booleanArgument(options?.isTraining, 'ZoneoutWrapper: options.isTraining');
    super({ name: `${core.moduleName}_zoneout` });
    this.#core = core;
    this.#keepProbs = checked;
    this.#isTraining = isTraining;
  }

  /**
   * @param inputs What the core takes.
   * @param prevState The state of the core.
   * @returns `[output, nextState]`, where the output is that of the core.
   */
  protected override build(inputs: Inputs, prevState: PrevState): [output: Output, nextState: State] {
    const stream = this.#isTraining ? nextRandomStream() : null;
    const sequence = sequenceIn(inputs);
    if (sequence === null) {
      const [output, next] = this.#core(inputs, prevState);
      return [output, mixed(prevState, next, this.#keepProbs, stream) as State];
    }
    const { carry } = sequence;
    const mixing = sequence.withCarry((step, previous, next, path) => {
      const state = mixed(previous, next, partAt(this.#keepProbs, path), stream);
      return carry?.(step, previous, state, path) ?? state;
    });
    return connectCore(this.#core, mixing as Inputs, prevState);
  }

  /** A state of the core to begin with. */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): State {
    return this.#core.initialState(batchSize, options);
  }

  override get stateSize(): StateSize {
    return this.#core.stateSize;
  }

  override get outputSize(): StateSize {
    return this.#core.outputSize;
  }
}

/** A state between the previous and the next one: at random with a stream, else the mean. */
function mixed(previous: unknown, next: unknown, keepProbs: unknown, stream: RandomStream | null): unknown {
  const mix = (before: unknown, after: unknown, keepProb: unknown): unknown => {
    if (keepProb === null) return after;
    const change = tf.sub(after as tf.Tensor, before as tf.Tensor);
    const part = stream === null ? Number(keepProb) : stream.bernoulli(change.shape, Number(keepProb));
    return tf.add(before as tf.Tensor, tf.mul(change, part));
  };
  return nest.map(mix, asNamedTuples(next, previous), next, keepProbs);
}
