import { type BuildParameters, required } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { InitialStateOptions } from '../initial-state/initial-state-options.ts';
import { RNNCore } from '../rnn-core.ts';
import { checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import type { StateSize } from '../state-size.ts';
import { takeSequences } from '../unroll/sequence.ts';
import { connectCore } from '../unroll/unroll-core.ts';

/**
 * A core that is always called with the same options: what stands between a core whose calls need options and unrolling,
 * which knows none. `withBatchNormControl` makes one.
 *
 * Sonnet: the result of `snt.BatchNormLSTM.with_batch_norm_control`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchNormLSTM, dynamicRnn } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const lstm = new BatchNormLSTM(4);
 * const train = lstm.withBatchNormControl({ isTraining: true });
 * assert.deepEqual(dynamicRnn(train, tf.ones([2, 5, 3]))[0].shape, [2, 5, 4]);
 * ```
 */
export class CoreWithExtraBuildArgs<Inputs, State, Output, PrevState, Options> extends RNNCore<
  Inputs,
  State,
  Output,
  PrevState
> {
  static override readonly moduleName: string = 'core_with_extra_build_args';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(CoreWithExtraBuildArgs);
  }

  readonly #core: RNNCoreLike<Inputs, State, Output, PrevState, Options>;
  readonly #options: Options;

  /**
   * @param core The core, whose name with `_extra_args` at its end is the name of this module.
   * @param options The options of every call.
   * @throws ValueError when `core` is not a recurrent core.
   */
  constructor(core: RNNCoreLike<Inputs, State, Output, PrevState, Options>, options: Options) {
    checkCore(core, 'CoreWithExtraBuildArgs');
    super({ name: `${core.moduleName}_extra_args` });
    this.#core = core;
    this.#options = options;
  }

  /**
   * @param inputs What the core takes.
   * @param prevState The state of the core.
   * @returns What the core gives.
   */
  protected override build(inputs: Inputs, prevState: PrevState): [output: Output, nextState: State] {
    return connectCore(this.#core, inputs, prevState, this.#options);
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
