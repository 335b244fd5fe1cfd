import {
  AbstractModule,
  type BuildParameters,
  type ModuleOptions,
  nameScope,
  required,
  ValueError,
} from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { noState } from './check-tensors.ts';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { RNNCore } from './rnn-core.ts';
import { type AnyCore, type InputsOf, isCore, type OutputOf, type PrevStateOf, type StateOf } from './rnn-core-like.ts';
import type { StateSize } from './state-size.ts';
import { checkInputs } from './unroll/dynamic-rnn.ts';
import { Sequence } from './unroll/sequence.ts';
import { unrollCore } from './unroll/unroll-core.ts';

/** What belongs to the two cores of a {@link BidirectionalRNN}. */
export interface BothWays<Forward, Backward> {
  /** Of the core that begins with the first step. */
  readonly forward: Forward;
  /** Of the core that begins with the last step. */
  readonly backward: Backward;
}

/** What a {@link BidirectionalRNN} gives. */
export interface BidirectionalOutput<Forward extends AnyCore, Backward extends AnyCore> {
  /** The outputs of all steps, [steps, batch, …], each in the order in which its core goes. */
  readonly outputs: BothWays<OutputOf<Forward>, OutputOf<Backward>>;
  /** The states after all steps, [steps, batch, …], each in the order in which its core goes. */
  readonly state: BothWays<StateOf<Forward>, StateOf<Backward>>;
}

/**
 * Goes through a whole sequence with one core forwards, and with another one backwards.
 *
 * It is not a recurrent core itself: it takes all steps at once, and gives the outputs and states of all steps. Those of the
 * backward core are in its own order: the first is that of the last input. {@link bidirectionalDynamicRnn} gives them in the
 * order of the inputs, and knows rows of different lengths.
 *
 * Sonnet: `snt.BidirectionalRNN`. Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate"
 * (2014).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BidirectionalRNN, GRU } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const both = new BidirectionalRNN(new GRU(4), new GRU(6));
 * const { outputs, state } = both(tf.ones([10, 2, 3]), both.initialState(2));
 * assert.deepEqual([outputs.forward.shape, outputs.backward.shape], [[10, 2, 4], [10, 2, 6]]);
 * assert.deepEqual(state.backward.shape, [10, 2, 6]);
 * ```
 */
export class BidirectionalRNN<Forward extends AnyCore, Backward extends AnyCore> extends AbstractModule<
  [
    inputSequence: InputsOf<Forward> & InputsOf<Backward>,
    state: readonly [PrevStateOf<Forward>, PrevStateOf<Backward>],
  ],
  BidirectionalOutput<Forward, Backward>
> {
  static override readonly moduleName: string = 'bidir_rnn';
  static override readonly buildParameters: BuildParameters = { inputSequence: required, state: required };

  readonly #forwardCore: Forward;
  readonly #backwardCore: Backward;

  /**
   * @param forwardCore The core that begins with the first step.
   * @param backwardCore The core that begins with the last step.
   * @param options `name`.
   * @throws ValueError when one of them is not a recurrent core.
   */
  constructor(forwardCore: Forward, backwardCore: Backward, options: Pick<ModuleOptions, 'name'> = {}) {
    if (![forwardCore, backwardCore].every(isCore)) {
      throw new ValueError(
        'BidirectionalRNN: forward and backward cores must both be instances of RNNCore; ' +
          `got ${String(forwardCore)} and ${String(backwardCore)}.`,
      );
    }
    super({ name: options.name ?? BidirectionalRNN.moduleName });
    this.#forwardCore = forwardCore;
    this.#backwardCore = backwardCore;
  }

  /**
   * @param inputSequence A tensor [steps, batch, …] of at least one step, or a structure of such tensors.
   * @param state The states of the forward core before the first step, and of the backward core after the last one.
   * @returns The outputs and states of both cores: see {@link BidirectionalOutput}.
   * @throws ValueError when the inputs are not such tensors, or the state is not an array of two.
   */
  protected override build(
    inputSequence: InputsOf<Forward> & InputsOf<Backward>,
    state: readonly [PrevStateOf<Forward>, PrevStateOf<Backward>],
  ): BidirectionalOutput<Forward, Backward> {
    const { steps } = checkInputs(inputSequence, true, String(this));
    if (steps === 0) throw new ValueError(`${String(this)}: the input sequence must have at least one step.`);
    if (!Array.isArray(state) || state.length !== 2) {
      throw noState(this, 'the state must be an array of 2, one for each core', state);
    }
    const unroll = (core: AnyCore, start: unknown, reversed: boolean): [unknown, unknown] => {
      const sequence = new Sequence<unknown>(inputSequence, { reversed, withStates: true, outputsAsGone: true });
      return unrollCore(core, sequence, start)[0] as [outputs: unknown, states: unknown];
    };
    const forward = nameScope('forward_rnn', () => unroll(this.#forwardCore, state[0], false));
    const backward = nameScope('backward_rnn', () => unroll(this.#backwardCore, state[1], true));
    return {
      outputs: { forward: forward[0] as OutputOf<Forward>, backward: backward[0] as OutputOf<Backward> },
      state: { forward: forward[1] as StateOf<Forward>, backward: backward[1] as StateOf<Backward> },
    };
  }

  /**
   * The states of both cores to begin with.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param options As of {@link RNNCore.initialState}, for both cores; the names of trainable states begin with `name`
   *   (default: `state`) and `_forward` or `_backward`.
   */
  initialState(
    batchSize: number | tf.Tensor,
    options: InitialStateOptions = {},
  ): [forward: StateOf<Forward>, backward: StateOf<Backward>] {
    const name = options.name ?? 'state';
    return [
      this.#forwardCore.initialState(batchSize, { ...options, name: `${name}_forward` }) as StateOf<Forward>,
      this.#backwardCore.initialState(batchSize, { ...options, name: `${name}_backward` }) as StateOf<Backward>,
    ];
  }

  /** The sizes of the states of both cores. */
  get stateSize(): [forward: StateSize, backward: StateSize] {
    return [this.#forwardCore.stateSize, this.#backwardCore.stateSize];
  }

  /** The sizes of the outputs of both cores. */
  get outputSize(): [forward: StateSize, backward: StateSize] {
    return [this.#forwardCore.outputSize, this.#backwardCore.outputSize];
  }
}
