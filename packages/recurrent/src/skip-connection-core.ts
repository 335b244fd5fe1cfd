import { type BuildParameters, type ModuleOptions, nest, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { RNNCore } from './rnn-core.ts';
import { checkCore, type RNNCoreLike } from './rnn-core-like.ts';
import { flattenSizes, mapSizes, type StateSize } from './state-size.ts';
import { sequenceIn, takeSequences } from './unroll/sequence.ts';
import { connectCore } from './unroll/unroll-core.ts';

/** Options of {@link SkipConnectionCore}. */
export interface SkipConnectionCoreOptions extends Pick<ModuleOptions, 'name'> {
  /** The shape of the inputs without the batch dimension. Default: it is known once the core is connected. */
  readonly inputShape?: readonly number[] | null;
}

/**
 * Adds a skip connection to a core: its outputs are the inputs with those of the core behind them, along the last dimension.
 * The state is that of the core.
 *
 * Inputs may be nested; outputs must then have the same structure. Options of a call go to the core.
 *
 * Sonnet: `snt.SkipConnectionCore`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { LSTM, SkipConnectionCore } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new SkipConnectionCore(new LSTM(8), { inputShape: [3] });
 * assert.deepEqual(core.outputSize, [11]);
 * const [output] = core(tf.ones([4, 3]), core.initialState(4));
 * assert.deepEqual(output.shape, [4, 11]);
 * ```
 */
export class SkipConnectionCore<Inputs, State, PrevState, Options = never> extends RNNCore<
  Inputs,
  State,
  Inputs,
  PrevState,
  Options
> {
  static override readonly moduleName: string = 'skip_connection_core';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(SkipConnectionCore);
  }

  readonly #baseCore: RNNCoreLike<Inputs, State, Inputs, PrevState, Options>;
  readonly #givenShape: readonly number[] | null;
  #seenShapes: readonly (readonly number[])[] | null = null;

  /**
   * @param baseCore A core whose outputs have the structure of its inputs.
   * @param options See {@link SkipConnectionCoreOptions}.
   * @throws ValueError when `baseCore` is not a recurrent core.
   */
  constructor(
    baseCore: RNNCoreLike<Inputs, State, Inputs, PrevState, Options>,
    options: SkipConnectionCoreOptions = {},
  ) {
    checkCore(baseCore, 'SkipConnectionCore');
    const { inputShape = null } = options;
    super({ name: options.name ?? SkipConnectionCore.moduleName });
    this.#baseCore = baseCore;
    this.#givenShape = inputShape === null ? null : [...inputShape];
  }

  /**
   * @param inputs What the core takes.
   * @param prevState The state of the core.
   * @param options What goes to the core.
   * @returns `[output, nextState]`, where the output has the structure of the inputs.
   * @throws ValueError when inputs and outputs have different structures, or shapes that differ in more than the last
   *   dimension.
   */
  protected override build(
    inputs: Inputs,
    prevState: PrevState,
    options?: Options,
  ): [output: Inputs, nextState: State] {
    const sequence = sequenceIn(inputs);
    const values = sequence?.values ?? inputs;
    const [outputs, nextState] = connectCore(this.#baseCore, inputs, prevState, options);
    const joined = nest.map((output, input) => this.#concat(output as tf.Tensor, input as tf.Tensor), outputs, values);
    const leading = sequence === null ? 1 : 2;
    this.#seenShapes = nest.flatten(values).map((leaf) => (leaf as tf.Tensor).shape.slice(leading));
    return [joined as Inputs, nextState];
  }

  /** A state of the core to begin with. */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): State {
    return this.#baseCore.initialState(batchSize, options);
  }

  override get stateSize(): StateSize {
    return this.#baseCore.stateSize;
  }

  /**
   * The sizes of the output's tensors, without the batch dimension.
   *
   * @throws ValueError before the first connection, when no `inputShape` was given.
   */
  override get outputSize(): StateSize {
    const inputShapes = this.#givenShape === null ? (this.isConnected ? this.#seenShapes : null) : [this.#givenShape];
    const { outputSize } = this.#baseCore;
    if (inputShapes === null || inputShapes.length !== flattenSizes(outputSize).length) {
      throw new ValueError(
        `${String(this)}: its output size is unknown. Provide the inputShape to the constructor, or connect the module.`,
      );
    }
    let i = 0;
    return mapSizes(outputSize, (shape) => {
      const added = inputShapes[i++]?.at(-1) ?? 0;
      return [...shape.slice(0, -1), (shape.at(-1) ?? 0) + added];
    }) as StateSize;
  }

  #concat(output: tf.Tensor, input: tf.Tensor): tf.Tensor {
    const [a, b] = [output.shape, input.shape];
    if (a.length === b.length && a.every((size, i) => size === b[i] || i === a.length - 1)) {
      return tf.concat([input, output], -1);
    }
    throw new ValueError(
      `${String(this)}: inputs and outputs of its core must only differ in the last dimension; ` +
        `got inputs [${b.join(', ')}], outputs [${a.join(', ')}].`,
    );
  }
}
