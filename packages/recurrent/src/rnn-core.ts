import { AbstractModule, type ModuleOptions, NotImplementedError, nameScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { readBatchSize } from './batch-size.ts';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { makeTrainableState } from './initial-state/trainable-initial-state.ts';
import { mapSizes, type StateSize } from './state-size.ts';

/**
 * The class of all recurrent cores: modules that compute one step of a recurrent network.
 *
 * A core is called as `core(inputs, prevState)` and gives `[output, nextState]`. Inputs, outputs and states are tensors with
 * a batch dimension first, or structures of them in arrays, plain objects and named tuples. A core of your own defines
 * `build`, `stateSize` and `outputSize`; `dynamicRnn` unrolls it in time.
 *
 * Sonnet: `snt.RNNCore`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, RNNCore } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * type Pair = [tf.Tensor, tf.Tensor];
 *
 * // Adds 1 to its states, and gives zeros.
 * class Add1RNN extends RNNCore<tf.Tensor, Pair> {
 *   readonly #hiddenSize: number;
 *
 *   constructor(hiddenSize: number, options: { name?: string } = {}) {
 *     super({ name: 'add1_rnn', ...options });
 *     this.#hiddenSize = hiddenSize;
 *   }
 *
 *   protected build(inputs: tf.Tensor, [state1, state2]: Pair): [tf.Tensor, Pair] {
 *     const output = tf.zeros([inputs.shape[0] ?? 1, this.#hiddenSize]);
 *     return [output, [tf.add(state1, 1), tf.add(state2, 1)]];
 *   }
 *
 *   get stateSize() {
 *     return [[this.#hiddenSize], [this.#hiddenSize]];
 *   }
 *
 *   get outputSize() {
 *     return [this.#hiddenSize];
 *   }
 * }
 *
 * resetDefaultGraph();
 * const core = new Add1RNN(3);
 * const [output, state] = core(tf.ones([2, 5]), core.initialState(2));
 * assert.deepEqual([output.shape, ...state[0].dataSync()], [[2, 3], 1, 1, 1, 1, 1, 1]);
 *
 * const [outputs, last] = dynamicRnn(core, tf.ones([2, 10, 5]));
 * assert.deepEqual([outputs.shape, last[1].dataSync()[0]], [[2, 10, 3], 10]);
 * ```
 */
export abstract class RNNCore<
  Inputs = tf.Tensor,
  State = tf.Tensor,
  Output = tf.Tensor,
  PrevState = State,
  Options = never,
> extends AbstractModule<
  [inputs: Inputs, prevState: PrevState, options?: Options],
  [output: Output, nextState: State]
> {
  static {
    // Abstract for the compiler; in plain JavaScript a core without them says so.
    for (const name of ['stateSize', 'outputSize']) {
      Object.defineProperty(RNNCore.prototype, name, {
        configurable: true,
        get(this: object) {
          throw new NotImplementedError(`${String(this)}: a recurrent core must define a getter ${name}.`);
        },
      });
    }
  }

  /**
   * @param options `name` and `customGetter`.
   * @throws TypeError when the name is not a string, a custom getter is not a function, or the class has no `build`.
   * @throws ValueError when the argument is not an object.
   */
  constructor(options: ModuleOptions = {}) {
    super(options);
  }

  /** The sizes of the state's tensors, without the batch dimension, in the structure of the state. */
  abstract get stateSize(): StateSize;

  /** The sizes of the output's tensors, without the batch dimension, in the structure of the output. */
  abstract get outputSize(): StateSize;

  /**
   * A state to begin with: zeros, or trainable variables.
   *
   * The variables of a trainable state lie outside of this core: `lstm_initial_state_hidden/w`. Each call makes new ones, so
   * make the state in the `build` of a module around the core, which shares them between its connections.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param options See {@link InitialStateOptions}.
   * @returns Tensors [batchSize, ...size] in the structure of `stateSize`.
   * @throws ValueError when the batch size is not an integer of at least 0, or an initializer or a regularizer is not a
   *   function, or they are not in the structure of the state.
   * @throws TypeError when their structure has other types than the state.
   */
  initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): State {
    return this.makeInitialState(this.stateSize, batchSize, options) as State;
  }

  /**
   * A state of zeros.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param dtype `float32` (the default) or `int32`.
   * @returns Tensors [batchSize, ...size] in the structure of `stateSize`.
   * @throws ValueError when the batch size is not an integer of at least 0.
   */
  zeroState(batchSize: number | tf.Tensor, dtype: tf.DataType = 'float32'): State {
    return makeZeros(this, this.stateSize, batchSize, dtype) as State;
  }

  /** What {@link initialState} does, for tensors of other sizes than those of the state. */
  protected makeInitialState(size: StateSize, batchSize: number | tf.Tensor, options: InitialStateOptions): unknown {
    const { dtype = 'float32', trainable = false } = options;
    const name = this.initialStateName(options.name ?? null);
    return nameScope(name, () => {
      if (!trainable) return makeZeros(this, size, batchSize, dtype);
      return makeTrainableState(String(this), batchSize, size, dtype, {
        initializers: options.trainableInitializers ?? null,
        regularizers: options.trainableRegularizers ?? null,
        name,
      });
    });
  }

  /** The name scope of an initial state, and what the names of a trainable one begin with. */
  protected initialStateName(name: string | null): string {
    return name === null || name === '' ? `${this.scopeName}_initial_state` : name;
  }
}

function makeZeros(core: object, size: StateSize, batchSize: number | tf.Tensor, dtype: tf.DataType): unknown {
  const rows = readBatchSize(batchSize, String(core));
  return mapSizes(size, (shape) => tf.zeros([rows, ...shape], dtype));
}
