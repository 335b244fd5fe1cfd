import { AbstractModule, type ModuleOptions, NotImplementedError, nameScope, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { readBatchSize } from './batch-size.ts';
import {
  makeTrainableState,
  type StateInitializers,
  type StateRegularizers,
} from './initial-state/trainable-initial-state.ts';
import { mapSizes, type StateSize } from './state-size.ts';

/** Options of {@link RNNCore.initialState}. */
export interface InitialStateOptions {
  /** The dtype of the state: `float32` (the default) or `int32`. */
  readonly dtype?: tf.DataType;
  /** Whether the state is learned: made of trainable variables, the same for every row of the batch. Default: false. */
  readonly trainable?: boolean;
  /**
   * Initializers for the variables of a trainable state: one, or as many as the state has tensors in its structure.
   * Default: zeros.
   */
  readonly trainableInitializers?: StateInitializers | null;
  /** Regularizers for the variables of a trainable state, in the structure of the state. Default: none. */
  readonly trainableRegularizers?: StateRegularizers | null;
  /** What the names of the variables begin with. Default: the scope of the core and `_initial_state`. */
  readonly name?: string | null;
}

/** Has access to the protected method. */
let runBuild: (core: AnyCore, args: readonly unknown[]) => [output: unknown, nextState: unknown];

/** Any recurrent core, whatever it takes and gives. */
export type AnyCore = RNNCore<never, unknown, unknown, never, never>;

/** The states that a core gives. */
export type StateOf<Core> = Core extends RNNCore<never, infer State, unknown, never, never> ? State : never;

/** The previous states that a core takes: its states, and often also other ways to write them. */
export type PrevStateOf<Core> =
  Core extends RNNCore<never, unknown, unknown, infer PrevState, never> ? PrevState : never;

/** The outputs that a core gives. */
export type OutputOf<Core> = Core extends RNNCore<never, unknown, infer Output, never, never> ? Output : never;

/** The inputs that a core takes. */
export type InputsOf<Core> = Core extends RNNCore<infer Inputs, unknown, unknown, never, never> ? Inputs : never;

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
    runBuild = (core, args) => core.enterVariableScope(() => core.build(...(args as [never, never])), { reuse: true });
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

/**
 * Runs the `build` of a core once more as a part of its latest connection: with the same variables, without being listed
 * or counted as a connection of its own. This is what the later steps of an unrolled core are.
 */
export function buildAgain(
  core: AnyCore,
  inputs: unknown,
  prevState: unknown,
  options?: unknown,
): [output: unknown, nextState: unknown] {
  return runBuild(core, options === undefined ? [inputs, prevState] : [inputs, prevState, options]);
}

/** @throws ValueError when the value is not a recurrent core. */
export function checkCore(value: unknown, where: string): asserts value is AnyCore {
  if (value instanceof RNNCore) return;
  throw new ValueError(
    `${where}: expected a recurrent core, an instance of RNNCore; got ${String(value)}. ` +
      'ModelRNN makes one of a model, and wrapRnnCellClass of a cell of tf.layers.',
  );
}
