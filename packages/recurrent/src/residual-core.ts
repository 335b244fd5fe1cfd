import { type BuildParameters, type ModuleOptions, nest, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { RNNCore } from './rnn-core.ts';
import { checkCore, type RNNCoreLike } from './rnn-core-like.ts';
import type { StateSize } from './state-size.ts';
import { sequenceIn, takeSequences } from './unroll/sequence.ts';
import { connectCore } from './unroll/unroll-core.ts';

/**
 * Adds the inputs of a core to its outputs: `core(inputs) + inputs`. The state is that of the core.
 *
 * Inputs may be nested; outputs must then have the same structure. Options of a call go to the core.
 *
 * Sonnet: `snt.ResidualCore`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { LSTM, ResidualCore } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new ResidualCore(new LSTM(8));
 * const [output, state] = core(tf.ones([4, 8]), core.initialState(4));
 * assert.deepEqual([output.shape, state.cell.shape], [[4, 8], [4, 8]]);
 * ```
 */
export class ResidualCore<Inputs, State, PrevState, Options = never> extends RNNCore<
  Inputs,
  State,
  Inputs,
  PrevState,
  Options
> {
  static override readonly moduleName: string = 'residual_core';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(ResidualCore);
  }

  readonly #baseCore: RNNCoreLike<Inputs, State, Inputs, PrevState, Options>;

  /**
   * @param baseCore A core whose outputs have the structure of its inputs, and shapes that can be added.
   * @param options `name`.
   * @throws ValueError when `baseCore` is not a recurrent core.
   */
  constructor(
    baseCore: RNNCoreLike<Inputs, State, Inputs, PrevState, Options>,
    options: Pick<ModuleOptions, 'name'> = {},
  ) {
    checkCore(baseCore, 'ResidualCore');
    super({ name: options.name ?? ResidualCore.moduleName });
    this.#baseCore = baseCore;
  }

  /**
   * @param inputs What the core takes.
   * @param prevState The state of the core.
   * @param options What goes to the core.
   * @returns `[output, nextState]`, where the output has the structure of the inputs.
   * @throws ValueError when inputs and outputs have different structures, or shapes that cannot be added.
   */
  protected override build(
    inputs: Inputs,
    prevState: PrevState,
    options?: Options,
  ): [output: Inputs, nextState: State] {
    const values = sequenceIn(inputs)?.values ?? inputs;
    const [outputs, nextState] = connectCore(this.#baseCore, inputs, prevState, options);
    const sum = nest.map((output, input) => this.#add(output as tf.Tensor, input as tf.Tensor), outputs, values);
    return [sum as Inputs, nextState];
  }

  /** A state of the core to begin with. */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): State {
    return this.#baseCore.initialState(batchSize, options);
  }

  override get stateSize(): StateSize {
    return this.#baseCore.stateSize;
  }

  override get outputSize(): StateSize {
    return this.#baseCore.outputSize;
  }

  #add(output: tf.Tensor, input: tf.Tensor): tf.Tensor {
    const [longer, shorter] = output.rank >= input.rank ? [output.shape, input.shape] : [input.shape, output.shape];
    const offset = longer.length - shorter.length;
    if (shorter.every((size, i) => size === 1 || longer[i + offset] === 1 || size === longer[i + offset])) {
      return tf.add(output, input);
    }
    throw new ValueError(
      `${String(this)}: the outputs of its core must have shapes that can be added to the inputs; ` +
        `got inputs [${input.shape.join(', ')}], outputs [${output.shape.join(', ')}].`,
    );
  }
}
