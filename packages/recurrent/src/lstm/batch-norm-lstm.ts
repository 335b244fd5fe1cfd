import {
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  required,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkSameSize, checkStateTensor, checkVectorSequence, checkVectors, noState } from '../check-tensors.ts';
import type { InitialStateOptions } from '../initial-state/initial-state-options.ts';
import { RNNCore } from '../rnn-core.ts';
import { scan } from '../unroll/scan.ts';
import { sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { CoreWithExtraBuildArgs } from '../wrappers/core-with-extra-build-args.ts';
import {
  type BatchNormLSTMCallOptions,
  type BatchNormLSTMOptions,
  type BatchNormPlaces,
  isUsed,
  PLACES,
} from './batch-norm-lstm-options.ts';
import {
  BatchNormLSTMVariables,
  type GateVariables,
  type Peepholes,
  type Scales,
} from './batch-norm-lstm-variables.ts';
import { IndexedStatsBatchNorm, type IndexedStatsCallOptions } from './indexed-stats-batch-norm.ts';
import { checkLSTMNumbers, clip } from './lstm.ts';

/** The state of a {@link BatchNormLSTM}; it has a time step, an int32 scalar, with `maxUniqueStats` above 1. */
export type BatchNormLSTMState = [hidden: tf.Tensor, cell: tf.Tensor, timeStep?: tf.Tensor];

/** The ways to write the state that a BatchNormLSTM gets. */
type PrevState = readonly [hidden: tf.Tensor, cell: tf.Tensor, timeStep?: tf.Tensor];

type Place = keyof typeof PLACES;

/** What is the same for all steps of a connection. */
interface Connection extends GateVariables {
  readonly flags: IndexedStatsCallOptions;
  readonly scales: Scales;
  /** Sonnet asks for them after it has made the moving averages of what the gates get. */
  readonly peepholes: () => Peepholes | null;
}

/**
 * An LSTM with batch normalization of what the gates get, and of the cell.
 *
 * Every call needs `{ isTraining }`. Unrolling knows no options: `dynamicRnn(lstm.withBatchNormControl({ isTraining: true }),
 * inputs)`. The statistics of the first steps of a sequence differ from those of later ones, so with `maxUniqueStats` the
 * first steps get moving averages of their own, and the state becomes `[hidden, cell, timeStep]`.
 *
 * Unlike Sonnet's, the moving averages are updated during the call unless `updateOpsCollection` names a collection.
 *
 * Variables: `w_gates_H` and `w_gates_X`, of shapes [hiddenSize, 4 * hiddenSize] and [inputSize, 4 * hiddenSize], or `w_gates`
 * where only the cell is normalized; `b_gates`; `gamma_h`, `gamma_x`, `gamma_c` and `beta_c`; the peepholes `w_f_diag`,
 * `w_i_diag` and `w_o_diag`; and outside of the module's scope the moving averages `batch_norm_h/batch_norm/moving_mean`, ….
 *
 * Sonnet: `snt.BatchNormLSTM`. Cooijmans et al., "Recurrent Batch Normalization" (2016).
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
 * const test = lstm.withBatchNormControl({ isTraining: false, testLocalStats: false });
 * const inputs = tf.randomUniform([8, 5, 3], -1, 1, 'float32', 1);
 * assert.deepEqual(dynamicRnn(train, inputs)[0].shape, [8, 5, 4]);
 * assert.deepEqual(dynamicRnn(test, inputs)[0].shape, [8, 5, 4]);
 * ```
 */
export class BatchNormLSTM extends RNNCore<
  tf.Tensor,
  BatchNormLSTMState,
  tf.Tensor,
  PrevState,
  BatchNormLSTMCallOptions
> {
  static override readonly moduleName: string = 'batch_norm_lstm';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    prevState: required,
    isTraining: null,
    testLocalStats: true,
  };

  static {
    takeSequences(BatchNormLSTM, { withStates: true });
  }

  readonly #hiddenSize: number;
  readonly #options: BatchNormLSTMOptions;
  readonly #variables: BatchNormLSTMVariables;
  readonly #norms: { readonly [P in Place]: IndexedStatsBatchNorm | null };
  #inputSize: number | null = null;

  /**
   * @param hiddenSize The size of the cell and of the hidden state.
   * @param options See {@link BatchNormLSTMOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has a key that
   *   {@link BatchNormLSTM.getPossibleInitializerKeys} does not give: one of what is not normalized, for example.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when nothing is normalized; when `hiddenSize` or `maxUniqueStats` is not a positive integer; when a
   *   clip value is negative.
   */
  constructor(hiddenSize: number, options: BatchNormLSTMOptions = {}) {
    const { maxUniqueStats = 1, updateOpsCollection = null } = options;
    const where = { moduleName: 'BatchNormLSTM' };
    if (!Object.values(PLACES).some((place) => isUsed(options, place))) {
      throw new ValueError(
        'BatchNormLSTM: at least one of the useBatchNorm* options is required: useBatchNormH, useBatchNormX or ' +
          'useBatchNormC. Without batch normalization use LSTM.',
      );
    }
    checkHiddenSize(hiddenSize, where.moduleName);
    checkHiddenSize(maxUniqueStats, where.moduleName, 'maxUniqueStats');
    checkLSTMNumbers(where.moduleName, options);
    const keys = BatchNormLSTM.getPossibleInitializerKeys(options);
    const checked = {
      initializers: checkInitializers(options.initializers, keys, where),
      partitioners: checkPartitioners(options.partitioners, keys, where),
      regularizers: checkRegularizers(options.regularizers, keys, where),
    };
    super({ name: options.name ?? BatchNormLSTM.moduleName, customGetter: options.customGetter ?? null });
    const norm = (place: Place): IndexedStatsBatchNorm | null =>
      isUsed(options, PLACES[place])
        ? new IndexedStatsBatchNorm(maxUniqueStats, `batch_norm_${place}`, updateOpsCollection)
        : null;
    this.#hiddenSize = hiddenSize;
    this.#options = { ...options, ...checked };
    this.#variables = new BatchNormLSTMVariables(hiddenSize, this.#options);
    this.#norms = { h: norm('h'), x: norm('x'), c: norm('c') };
  }

  /** @param options `usePeepholes`, and where is normalized: see {@link BatchNormPlaces}. */
  static override getPossibleInitializerKeys(
    options: BatchNormPlaces & { readonly usePeepholes?: boolean } = {},
  ): string[] {
    const keys = ['w_gates', 'b_gates'];
    if (options.usePeepholes === true) keys.push('w_f_diag', 'w_i_diag', 'w_o_diag');
    if (isUsed(options, 'useBatchNormH')) keys.push('gamma_h');
    if (isUsed(options, 'useBatchNormX')) keys.push('gamma_x');
    if (isUsed(options, 'useBatchNormC')) keys.push('gamma_c', 'beta_c');
    return keys;
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState `[hidden, cell]`, each float32 [batchSize, hiddenSize]; with `maxUniqueStats` above 1
   *   `[hidden, cell, timeStep]`.
   * @param options See {@link BatchNormLSTMCallOptions}; `isTraining` is required.
   * @returns `[output, nextState]`, where the output is the hidden state of the next state.
   * @throws ValueError when `isTraining` is missing; when the inputs have the wrong rank or dtype, or another last dimension
   *   than at the first connection; when the state is missing, or has another structure, shape or dtype.
   */
  protected override build(
    inputs: tf.Tensor,
    prevState: PrevState,
    options?: BatchNormLSTMCallOptions,
  ): [output: tf.Tensor, nextState: BatchNormLSTMState] {
    const sequence = sequenceIn(inputs);
    const [batchSize, inputSize] =
      sequence === null ? checkVectors(this, inputs) : [sequence.batchSize, checkVectorSequence(this, sequence.values)];
    const flags = this.#checkedFlags(options);
    const state = this.#checkedState(prevState, batchSize);
    // A connection that was taken back, because one around it failed, does not count.
    if (this.#inputSize !== null && this.isConnected) checkSameSize(this, this.#inputSize, inputSize);
    const gates = this.#variables.gates(inputSize, this.scopeName);
    const scales = this.#variables.scales();
    if (sequence !== null && this.usePeepholes && !this.isConnected) this.#makeMovingAverages(state);
    const peepholes = sequence === null ? null : this.#variables.peepholes();
    const connection: Connection = {
      ...gates,
      flags,
      scales,
      peepholes: () => (sequence === null ? this.#variables.peepholes() : peepholes),
    };
    const step = (fromInputs: tf.Tensor, previous: BatchNormLSTMState) => this.#next(fromInputs, previous, connection);
    const project = (vectors: tf.Tensor): tf.Tensor => tf.matMul(vectors, gates.wInputs);
    this.#inputSize = inputSize;
    if (sequence === null) return step(project(inputs), state);
    return scan(sequence, state, step, {
      apply: (values: tf.Tensor) => applyMerged(project, values),
      elementsPerStep: batchSize * gates.bias.size,
    });
  }

  /**
   * A core that calls this one with the same options in every step: what `dynamicRnn` unrolls.
   *
   * @param options See {@link BatchNormLSTMCallOptions}.
   */
  withBatchNormControl(
    options: BatchNormLSTMCallOptions,
  ): CoreWithExtraBuildArgs<tf.Tensor, BatchNormLSTMState, tf.Tensor, PrevState, BatchNormLSTMCallOptions> {
    return new CoreWithExtraBuildArgs(this, options);
  }

  /**
   * A state to begin with: `[hidden, cell]`, zeros or trainable; with `maxUniqueStats` above 1 also the time step 0.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param options As of {@link RNNCore.initialState}, with pairs of initializers and regularizers.
   */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): BatchNormLSTMState {
    const sizes = [this.outputSize, this.outputSize];
    const [hidden, cell] = this.makeInitialState(sizes, batchSize, options) as [tf.Tensor, tf.Tensor];
    return this.#hasTimeStep ? [hidden, cell, tf.scalar(0, 'int32')] : [hidden, cell];
  }

  override get stateSize(): number[][] {
    const size = [this.#hiddenSize];
    return this.#hasTimeStep ? [size, size, [1]] : [size, size];
  }

  override get outputSize(): number[] {
    return [this.#hiddenSize];
  }

  /** Whether there are peepholes. */
  get usePeepholes(): boolean {
    return this.#options.usePeepholes === true;
  }

  /** Whether what comes from the hidden state is normalized. */
  get useBatchNormH(): boolean {
    return this.#norms.h !== null;
  }

  /** Whether what comes from the inputs is normalized. */
  get useBatchNormX(): boolean {
    return this.#norms.x !== null;
  }

  /** Whether the cell is normalized. */
  get useBatchNormC(): boolean {
    return this.#norms.c !== null;
  }

  get #hasTimeStep(): boolean {
    return (this.#options.maxUniqueStats ?? 1) > 1;
  }

  #next(fromInputs: tf.Tensor, previous: BatchNormLSTMState, connection: Connection): [tf.Tensor, BatchNormLSTMState] {
    const { hiddenClipValue, cellClipValue } = this.#options;
    const [hidden, previousCell, timeStep = null] = previous;
    const cell = clip(previousCell, cellClipValue);
    const fromHidden = tf.matMul(clip(hidden, hiddenClipValue), connection.wHidden);
    const { gammaH, gammaX, gammaC, betaC } = connection.scales;
    const normalize = (place: Place, values: tf.Tensor, gamma: tf.Tensor | null): tf.Tensor => {
      const norm = this.#norms[place];
      return norm === null || gamma === null ? values : tf.mul(gamma, norm(values, timeStep, connection.flags));
    };
    const sum = tf.add(normalize('h', fromHidden, gammaH), normalize('x', fromInputs, gammaX));
    let [i, j, f, o] = tf.split(tf.add(sum, connection.bias), 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const peepholes = connection.peepholes();
    if (peepholes !== null) {
      f = tf.add(f, tf.mul(peepholes.f, cell));
      i = tf.add(i, tf.mul(peepholes.i, cell));
    }
    const nextCell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(j)));
    const normalized = normalize('c', nextCell, gammaC);
    const moved = betaC === null ? normalized : tf.add(betaC, normalized);
    const shown = peepholes === null ? moved : tf.add(moved, tf.mul(peepholes.o, moved));
    const output = tf.mul(tf.tanh(shown), tf.sigmoid(o));
    return [
      output,
      timeStep === null ? [output, nextCell] : [output, nextCell, tf.add(timeStep, tf.scalar(1, 'int32'))],
    ];
  }

  /** Connects what normalizes for the gates, in the order of Sonnet, before anything else in a first unrolling. */
  #makeMovingAverages(state: BatchNormLSTMState): void {
    const timeStep = state[2] ?? null;
    const zeros = tf.zeros([1, 4 * this.#hiddenSize]);
    for (const norm of [this.#norms.h, this.#norms.x])
      norm?.(zeros, timeStep, { isTraining: false, testLocalStats: false });
  }

  #checkedFlags(options: BatchNormLSTMCallOptions | undefined): IndexedStatsCallOptions {
    const { isTraining = null, testLocalStats = true } = options ?? {};
    if (isTraining !== null) return { isTraining, testLocalStats };
    throw new ValueError(
      `${String(this)}: a boolean isTraining must be explicitly specified when using batch normalization: ` +
        'core(inputs, prevState, { isTraining: true }). To unroll the core, use withBatchNormControl({ isTraining: true }).',
    );
  }

  #checkedState(prevState: PrevState, batchSize: number): BatchNormLSTMState {
    const count = this.#hasTimeStep ? 3 : 2;
    if (!Array.isArray(prevState) || prevState.length !== count) {
      const parts = this.#hasTimeStep ? '[hidden, cell, timeStep]' : '[hidden, cell]';
      throw noState(this, `the previous state must be an array of ${count} tensors, ${parts}`, prevState);
    }
    const [hidden, cell, timeStep] = prevState as readonly unknown[];
    checkStateTensor(this, 'the hidden state', hidden, [batchSize, this.#hiddenSize]);
    checkStateTensor(this, 'the cell', cell, [batchSize, this.#hiddenSize]);
    if (!this.#hasTimeStep) return [hidden, cell];
    if (timeStep instanceof tf.Tensor && timeStep.rank === 0 && timeStep.dtype === 'int32')
      return [hidden, cell, timeStep];
    throw noState(this, 'the time step must be an int32 scalar, as initialState makes it', timeStep);
  }
}
