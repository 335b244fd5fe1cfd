import {
  type BuildParameters,
  type ModuleOptions,
  NotConnectedError,
  nameScope,
  nest,
  required,
  ValueError,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkHiddenSize } from './check-size.ts';
import { checkStateTensor, checkVectors } from './check-tensors.ts';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { RNNCore } from './rnn-core.ts';
import { type AnyCore, buildAgain, checkCore, type RNNCoreLike } from './rnn-core-like.ts';
import { flattenSizes, type StateSize } from './state-size.ts';

/** Options of {@link ACTCore}. */
export interface ACTCoreOptions extends Pick<ModuleOptions, 'name'> {
  /** The most steps that it ponders; 0 for no limit. Default: 0. */
  readonly maxSteps?: number;
}

/** The output of an {@link ACTCore}. */
export type ACTOutput = [output: tf.Tensor, [iteration: tf.Tensor, remainder: tf.Tensor]];

/** What the pondering has come to. */
interface Pondering<State> {
  readonly state: State;
  readonly output: tf.Tensor;
  readonly cumulativeState: State;
  readonly halting: tf.Tensor;
  readonly iteration: tf.Tensor;
  readonly remainder: tf.Tensor;
}

/**
 * Adaptive computation time: a core that calls another one several times in each step, as often as each row of the batch
 * needs, and gives the mean of its outputs and states, weighted by the probabilities of halting.
 *
 * The output is `[output, [iteration, remainder]]`: the number of calls for each row and what was left of its probability, of
 * which the ponder cost of training is the sum. The core gets the inputs and one more, which is 0 in the first call and 1 in
 * the others.
 *
 * After each call it reads back whether all rows have halted, so it cannot be compiled.
 *
 * Variables: those of the layers `halting_linear`, with one output, and `act_output_linear`, with `outputSize` outputs.
 *
 * Sonnet: `snt.ACTCore`. Graves, "Adaptive Computation Time for Recurrent Neural Networks" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { ACTCore, LSTM } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new ACTCore(new LSTM(8), 2, 0.99, (state) => state.hidden);
 * const [[output, [iteration, remainder]]] = core(tf.ones([4, 3]), core.initialState(4));
 * const ponderCost = tf.mean(tf.add(iteration, remainder));
 * assert.deepEqual([output.shape, iteration.shape, ponderCost.shape], [[4, 2], [4, 1], []]);
 * ```
 */
export class ACTCore<State, PrevState = State> extends RNNCore<tf.Tensor, State, ACTOutput, PrevState> {
  static override readonly moduleName: string = 'act_core';
  static override readonly buildParameters: BuildParameters = { x: required, prevState: required };

  readonly #core: RNNCoreLike<tf.Tensor, State, tf.Tensor, PrevState>;
  readonly #outputSize: number;
  readonly #threshold: number;
  readonly #getStateForHalting: (state: State) => tf.Tensor;
  readonly #maxSteps: number;
  #layers: { readonly halting: Linear; readonly output: Linear } | null = null;
  #batchSize = 0;

  /**
   * @param core A core whose inputs and outputs are single tensors, outputs of rank 2.
   * @param outputSize The size of the output, to which the mean output of the core is mapped.
   * @param threshold The probability of having halted at which pondering ends: between 0 and 1.
   * @param getStateForHalting Gives the tensor of a state of the core, [batchSize, size], from which the probability of
   *   halting is computed.
   * @param options See {@link ACTCoreOptions}.
   * @throws TypeError when `getStateForHalting` is not a function.
   * @throws ValueError when `core` is not a recurrent core, or its output is not one vector; when the threshold is not between
   *   0 and 1, `outputSize` is not a positive integer, or `maxSteps` is not an integer of at least 0.
   */
  constructor(
    core: RNNCoreLike<tf.Tensor, State, tf.Tensor, PrevState>,
    outputSize: number,
    threshold: number,
    getStateForHalting: (state: State) => tf.Tensor,
    options: ACTCoreOptions = {},
  ) {
    const { maxSteps = 0 } = options;
    checkCore(core, 'ACTCore');
    checkOutput(core.outputSize);
    checkHiddenSize(outputSize, 'ACTCore', 'outputSize');
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new ValueError(`ACTCore: threshold should be between 0 and 1, but found ${threshold}.`);
    }
    if (!Number.isSafeInteger(maxSteps) || maxSteps < 0) {
      throw new ValueError(`ACTCore: maxSteps must be an integer of at least 0; got ${maxSteps}.`);
    }
    if (typeof getStateForHalting !== 'function') {
      throw new TypeError(`ACTCore: getStateForHalting must be a function; got ${String(getStateForHalting)}.`);
    }
    super({ name: options.name ?? ACTCore.moduleName });
    this.#core = core;
    this.#outputSize = outputSize;
    this.#threshold = threshold;
    this.#getStateForHalting = getStateForHalting;
    this.#maxSteps = maxSteps;
  }

  /**
   * @param x float32 [batchSize, inputSize].
   * @param prevState The state of the core.
   * @returns `[[output, [iteration, remainder]], nextState]`: output float32 [batchSize, outputSize], the others float32
   *   [batchSize, 1].
   * @throws ValueError when `x` has the wrong rank or dtype; and what the core throws.
   */
  protected override build(x: tf.Tensor, prevState: PrevState): [output: ACTOutput, nextState: State] {
    const [batchSize] = checkVectors(this, x);
    // What a connection made that was taken back, because one around it failed, is of no use any more.
    const layers = (this.isConnected ? this.#layers : null) ?? {
      halting: new Linear(1, { name: 'halting_linear' }),
      output: new Linear(this.#outputSize, { name: 'act_output_linear' }),
    };
    const { output, cumulativeState, iteration, remainder } = nameScope('while', () =>
      this.#ponder(x, prevState, layers.halting),
    );
    const mapped = layers.output(output);
    this.#layers = layers;
    this.#batchSize = batchSize;
    return [[mapped, [iteration, remainder]], cumulativeState];
  }

  /** A state of the core to begin with. */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): State {
    return this.#core.initialState(batchSize, options);
  }

  override get stateSize(): StateSize {
    return this.#core.stateSize;
  }

  override get outputSize(): [output: number[], [iteration: number[], remainder: number[]]] {
    return [[this.#outputSize], [[1], [1]]];
  }

  /**
   * The number of rows at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get batchSize(): number {
    this.#checkConnected();
    return this.#batchSize;
  }

  /**
   * The dtype of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get dtype(): tf.DataType {
    this.#checkConnected();
    return 'float32';
  }

  #ponder(x: tf.Tensor, prevState: PrevState, haltingLinear: Linear): Pondering<State> {
    const batchSize = x.shape[0] as number;
    const zeros = tf.zeros([batchSize, 1]);
    const later = tf.concat([x, tf.ones([batchSize, 1])], 1);
    const [firstOutput, firstState] = this.#core(tf.concat([x, zeros], 1), prevState);
    const start = { output: null, cumulativeState: null, halting: zeros, iteration: zeros, remainder: zeros };
    let now = this.#weigh(start, firstOutput, firstState, haltingLinear);
    while (!allHalted(now.halting)) {
      const { state } = now;
      now = tf.tidy(() => {
        const [output, next] = buildAgain(this.#core as unknown as AnyCore, later, state);
        return this.#weigh(now, output as tf.Tensor, next as State, haltingLinear) as unknown as tf.TensorContainer;
      }) as unknown as Pondering<State>;
    }
    return now;
  }

  /** Adds one call of the core to the means. */
  #weigh(
    before: Omit<Pondering<State>, 'state' | 'output' | 'cumulativeState'> & {
      readonly output: tf.Tensor | null;
      readonly cumulativeState: State | null;
    },
    output: tf.Tensor,
    state: State,
    haltingLinear: Linear,
  ): Pondering<State> {
    const forHalting = this.#getStateForHalting(state);
    const rows = output.shape[0] as number;
    const probability = tf.sigmoid(haltingLinear(forHalting));
    checkStateTensor(this, 'the probability of halting', probability, [rows, 1]);
    const isOver = tf.equal(before.halting, 1);
    const iteration = tf.where(isOver, before.iteration, tf.add(before.iteration, 1));
    const raw = tf.add(before.halting, probability);
    const reached = tf.greater(raw, this.#threshold);
    const halts = this.#maxSteps > 0 ? tf.logicalOr(tf.greaterEqual(iteration, this.#maxSteps), reached) : reached;
    const halting = tf.where(halts, tf.onesLike(raw), raw);
    const weight = tf.sub(halting, before.halting);
    const { output: sum, cumulativeState: sums } = before;
    return {
      state,
      output: sum === null ? tf.mul(weight, output) : tf.add(sum, tf.mul(weight, output)),
      cumulativeState: addWeighted(sums, state, weight) as State,
      halting,
      iteration,
      remainder: tf.where(halts, before.remainder, tf.sub(1, raw)),
    };
  }

  #checkConnected(): void {
    if (this.isConnected) return;
    throw new NotConnectedError(`${String(this)}: it is not known before the first connection; call the module first.`);
  }
}

function checkOutput(outputSize: StateSize): void {
  const shapes = flattenSizes(outputSize);
  const isSingle = typeof outputSize === 'number' || (Array.isArray(outputSize) && typeof outputSize[0] === 'number');
  if (isSingle && shapes[0]?.length === 1) return;
  throw new ValueError(
    `ACTCore: the output of the core should be a single tensor, 1D without the batch dimension; ` +
      `got ${shapes.map((shape) => `[${shape.join(', ')}]`).join(', ')}.`,
  );
}

function addWeighted(sums: unknown, state: unknown, weight: tf.Tensor): unknown {
  const weigh = (leaf: unknown): tf.Tensor => {
    const { rank } = leaf as tf.Tensor;
    const spread = rank === 2 ? weight : tf.reshape(weight, [-1, ...Array<number>(Math.max(rank - 1, 0)).fill(1)]);
    return tf.mul(leaf as tf.Tensor, spread);
  };
  const add = (sum: unknown, leaf: unknown): tf.Tensor => tf.add(sum as tf.Tensor, weigh(leaf));
  return sums === null ? nest.map(weigh, state) : nest.map(add, sums, state);
}

function allHalted(halting: tf.Tensor): boolean {
  return halting.dataSync().every((value) => !(value < 1));
}
