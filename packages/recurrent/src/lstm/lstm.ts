import {
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  getVariable,
  graphConstant,
  type Initializer,
  type ModuleOptions,
  type Partitioner,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import { createLinearInitializer, LayerNorm } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkSameSize, checkStateTensor, checkVectorSequence, checkVectors } from '../check-tensors.ts';
import { RNNCore } from '../rnn-core.ts';
import { gradientDepth, scan } from '../unroll/scan.ts';
import { type Sequence, sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { asLSTMState, LSTMState, type LSTMStateLike } from './lstm-state.ts';
import { unrollWithGradient } from './unroll-with-gradient.ts';

/** What may be given for each variable of an {@link LSTM}. */
export interface PerLSTMVariable<T> {
  /** For the weights of the gates. */
  readonly w_gates?: T;
  /** For the bias of the gates. */
  readonly b_gates?: T;
  /** For the projection, where there is one. */
  readonly w_h_projection?: T;
  /** For the peephole from the cell to the forget gate, where there is one. */
  readonly w_f_diag?: T;
  /** For the peephole from the cell to the input gate, where there is one. */
  readonly w_i_diag?: T;
  /** For the peephole from the cell to the output gate, where there is one. */
  readonly w_o_diag?: T;
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends ModuleOptions {
  /** Added to the bias of the forget gate, so that little is forgotten at the beginning of training. Default: 1. */
  readonly forgetBias?: number;
  /**
   * Initializers for the variables. By default `w_gates` and `b_gates` are drawn from a truncated normal distribution of
   * standard deviation `1 / sqrt(inputSize + size of the hidden state)`, `w_h_projection` of `1 / sqrt(hiddenSize)`, and
   * peepholes as `initializers.glorotUniform` does.
   */
  readonly initializers?: PerLSTMVariable<Initializer> | null;
  /** Partitioners for the variables. Default: none. */
  readonly partitioners?: PerLSTMVariable<Partitioner> | null;
  /** Regularizers for the variables. Default: none. */
  readonly regularizers?: PerLSTMVariable<Regularizer> | null;
  /** Whether the gates also see the cell, each unit its own. Default: false. */
  readonly usePeepholes?: boolean;
  /** Whether the gates are normalized by a {@link LayerNorm}, before the bias is added. Default: false. */
  readonly useLayerNorm?: boolean;
  /** The hidden state that the core gets is clipped to this value and its negative. Default: not clipped. */
  readonly hiddenClipValue?: number | null;
  /** The size to which the hidden state is projected. Default: it keeps the size of the cell. */
  readonly projectionSize?: number | null;
  /** The cell that the core gets is clipped to this value and its negative. Default: not clipped. */
  readonly cellClipValue?: number | null;
}

interface VariableRequests {
  readonly inputSize: number;
  readonly gates: GetVariableOptions;
  readonly bias: GetVariableOptions;
  readonly projection: GetVariableOptions;
  readonly peepholes: readonly GetVariableOptions[];
}

/** The variables of a connection. */
interface Weights {
  readonly gates: tf.Tensor;
  /** With the forget bias added where it belongs. */
  readonly bias: tf.Tensor;
  readonly projection: tf.Tensor | null;
}

/** What comes after the gates. */
interface Finish {
  readonly projection: tf.Tensor | null;
  readonly peepholes: { readonly f: tf.Tensor; readonly i: tf.Tensor; readonly o: tf.Tensor } | null;
}

const WHERE = { moduleName: 'LSTM' };
const PEEPHOLES = ['w_f_diag', 'w_i_diag', 'w_o_diag'] as const;

/**
 * A long short-term memory, with optional peepholes, layer normalization, clipping and projection of its state.
 *
 * Variables: `w_gates` of shape [inputSize + size of the hidden state, 4 * hiddenSize] and `b_gates`, for the input gate,
 * the new input, the forget gate and the output gate; with a projection `w_h_projection` of shape
 * [hiddenSize, projectionSize]; with layer normalization `layer_norm/gamma` and `layer_norm/beta`; with peepholes
 * `w_f_diag`, `w_i_diag` and `w_o_diag` of shape [hiddenSize].
 *
 * Sonnet: `snt.LSTM`. Zaremba et al., "Recurrent Neural Network Regularization" (2014); peepholes and projection: Sak et
 * al., "Long Short-Term Memory Based Recurrent Neural Network Architectures" (2014).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { LSTM } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const lstm = new LSTM(16);
 * let state = lstm.initialState(4);
 * for (const inputs of [tf.ones([4, 8]), tf.zeros([4, 8])]) {
 *   const [output, next] = lstm(inputs, state);
 *   assert.deepEqual([output.shape, next.cell.shape], [[4, 16], [4, 16]]);
 *   state = next;
 * }
 * ```
 */
export class LSTM extends RNNCore<tf.Tensor, LSTMState, tf.Tensor, LSTMStateLike> {
  static override readonly moduleName: string = 'lstm';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(LSTM, { withStates: true });
  }

  readonly #hiddenSize: number;
  readonly #options: LSTMOptions;
  #requests: VariableRequests | null = null;
  #layerNorm: LayerNorm | null = null;

  /**
   * @param hiddenSize The size of the cell, and of the hidden state where it is not projected.
   * @param options See {@link LSTMOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has a key that
   *   {@link LSTM.getPossibleInitializerKeys} does not give: one of a peephole without `usePeepholes`, for example.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when a size is not a positive integer, or a clip value is negative.
   */
  constructor(hiddenSize: number, options: LSTMOptions = {}) {
    const { projectionSize = null, usePeepholes = false } = options;
    checkHiddenSize(hiddenSize, 'LSTM');
    if (projectionSize !== null) checkHiddenSize(projectionSize, 'LSTM', 'projectionSize');
    checkLSTMNumbers('LSTM', options);
    const keys = LSTM.getPossibleInitializerKeys({ usePeepholes, useProjection: projectionSize !== null });
    const checked = {
      initializers: checkInitializers(options.initializers, keys, WHERE),
      partitioners: checkPartitioners(options.partitioners, keys, WHERE),
      regularizers: checkRegularizers(options.regularizers, keys, WHERE),
    };
    super({ name: options.name ?? LSTM.moduleName, customGetter: options.customGetter ?? null });
    this.#hiddenSize = hiddenSize;
    this.#options = { ...options, ...checked };
  }

  /** @param options `usePeepholes` and `useProjection`: whether there are peepholes and a projection. Default: false. */
  static override getPossibleInitializerKeys(
    options: { readonly usePeepholes?: boolean; readonly useProjection?: boolean } = {},
  ): string[] {
    const keys = ['w_gates', 'b_gates'];
    if (options.useProjection === true) keys.push('w_h_projection');
    if (options.usePeepholes === true) keys.push(...PEEPHOLES);
    return keys;
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState An {@link LSTMState}, `{ hidden, cell }` or `[hidden, cell]`: hidden float32 [batchSize, hiddenSize or
   *   projectionSize], cell float32 [batchSize, hiddenSize].
   * @returns `[output, nextState]`, where the output is the hidden state of the next state.
   * @throws ValueError when the inputs have the wrong rank or dtype, or another last dimension than at the first connection;
   *   when the state is missing, or has another structure, shape or dtype.
   */
  protected override build(inputs: tf.Tensor, prevState: LSTMStateLike): [output: tf.Tensor, nextState: LSTMState] {
    // What a connection made that was taken back, because one around it failed, is of no use any more.
    if (!this.isConnected) this.#layerNorm = null;
    const sequence = sequenceIn(inputs);
    if (sequence !== null) return this.#unroll(sequence, prevState);
    const [batchSize, inputSize] = checkVectors(this, inputs);
    const { hidden, cell } = this.#clipped(this.#checkedState(prevState, batchSize));
    const { gates: w, bias, projection } = this.#weights(inputSize);
    const product = tf.matMul(tf.concat([inputs, hidden], 1), w);
    const normalized = this.useLayerNorm ? this.#normalize(product) : product;
    return this.#next(tf.add(normalized, bias), cell, { projection, peepholes: this.#peepholes() });
  }

  override get stateSize(): LSTMState<number[]> {
    return new LSTMState(this.outputSize, [this.#hiddenSize]);
  }

  override get outputSize(): number[] {
    return [this.#options.projectionSize ?? this.#hiddenSize];
  }

  /** Whether there are peepholes. */
  get usePeepholes(): boolean {
    return this.#options.usePeepholes === true;
  }

  /** Whether the gates are normalized. */
  get useLayerNorm(): boolean {
    return this.#options.useLayerNorm === true;
  }

  #unroll(sequence: Sequence<tf.Tensor>, prevState: LSTMStateLike): [tf.Tensor, LSTMState] {
    const inputSize = checkVectorSequence(this, sequence.values);
    const state = this.#checkedState(prevState, sequence.batchSize);
    const { gates: w, bias, projection } = this.#weights(inputSize);
    if (this.#isPlain && isForFirstGradient(sequence)) {
      return unrollWithGradient({ inputs: sequence.values, weights: w, bias, state, reversed: sequence.reversed });
    }
    // Sonnet makes the variables of the layer normalization before the peepholes.
    if (this.useLayerNorm && this.#layerNorm?.isConnected !== true) this.#normalize(tf.zeros([1, bias.size]));
    const finish = { projection, peepholes: this.#peepholes() };
    const wInputs = tf.slice(w, [0, 0], [inputSize, bias.size]);
    const wHidden = tf.slice(w, [inputSize, 0], [-1, bias.size]);
    const project = (vectors: tf.Tensor): tf.Tensor => {
      const product = tf.matMul(vectors, wInputs);
      return this.useLayerNorm ? product : tf.add(product, bias);
    };
    const step = (fromInputs: tf.Tensor, previous: LSTMState): [tf.Tensor, LSTMState] => {
      const { hidden, cell } = this.#clipped(previous);
      const sum = tf.add(fromInputs, tf.matMul(hidden, wHidden));
      return this.#next(this.useLayerNorm ? tf.add(this.#normalize(sum), bias) : sum, cell, finish);
    };
    return scan(sequence, state, step, {
      apply: (values: tf.Tensor) => applyMerged(project, values),
      elementsPerStep: sequence.batchSize * bias.size,
    });
  }

  /** Whether there is nothing but gates. */
  get #isPlain(): boolean {
    const { projectionSize, hiddenClipValue, cellClipValue } = this.#options;
    const clipsOrProjects = [projectionSize, hiddenClipValue, cellClipValue].some((value) => (value ?? null) !== null);
    return !(this.usePeepholes || this.useLayerNorm || clipsOrProjects);
  }

  /** The arithmetic after the gates: [batchSize, 4 * hiddenSize]. */
  #next(gates: tf.Tensor, cell: tf.Tensor, { peepholes, projection }: Finish): [tf.Tensor, LSTMState] {
    let [i, j, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    if (peepholes !== null) {
      f = tf.add(f, tf.mul(peepholes.f, cell));
      i = tf.add(i, tf.mul(peepholes.i, cell));
    }
    const nextCell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(j)));
    const shown = peepholes === null ? nextCell : tf.add(nextCell, tf.mul(peepholes.o, nextCell));
    const hidden = tf.mul(tf.tanh(shown), tf.sigmoid(o));
    const output = projection === null ? hidden : tf.matMul(hidden, projection);
    return [output, new LSTMState(output, nextCell)];
  }

  #clipped(state: LSTMState): LSTMState {
    const { hiddenClipValue = null, cellClipValue = null } = this.#options;
    if (hiddenClipValue === null && cellClipValue === null) return state;
    return new LSTMState(clip(state.hidden, hiddenClipValue), clip(state.cell, cellClipValue));
  }

  #checkedState(prevState: LSTMStateLike, batchSize: number): LSTMState {
    const state = asLSTMState(this, prevState);
    checkStateTensor(this, 'the hidden state', state.hidden, [batchSize, this.outputSize[0] as number]);
    checkStateTensor(this, 'the cell', state.cell, [batchSize, this.#hiddenSize]);
    return state;
  }

  #normalize(gates: tf.Tensor): tf.Tensor {
    this.#layerNorm ??= new LayerNorm();
    return this.#layerNorm(gates);
  }

  #weights(inputSize: number): Weights {
    const requests = this.#variableRequests(inputSize);
    const gates = getVariable('w_gates', requests.gates);
    const bias = addForgetBias(this.scopeName, getVariable('b_gates', requests.bias), this.#options.forgetBias ?? 1);
    const projects = (this.#options.projectionSize ?? null) !== null;
    const projection = projects ? getVariable('w_h_projection', requests.projection) : null;
    this.#requests = requests;
    return { gates, bias, projection };
  }

  #peepholes(): Finish['peepholes'] {
    if (!this.usePeepholes) return null;
    const [f, i, o] = PEEPHOLES.map((name, n) => getVariable(name, this.#requests?.peepholes[n]));
    return { f: f as tf.Tensor, i: i as tf.Tensor, o: o as tf.Tensor };
  }

  /** What `build` asks for, made once: it runs at every connection. */
  #variableRequests(inputSize: number): VariableRequests {
    const known = this.#requests;
    if (known !== null) {
      if (known.inputSize === inputSize) return known;
      // A connection that was taken back, because one around it failed, does not count.
      if (this.isConnected) checkSameSize(this, known.inputSize, inputSize);
    }
    const { initializers, partitioners, regularizers, projectionSize } = this.#options;
    const size = this.#hiddenSize;
    const rows = inputSize + (this.outputSize[0] as number);
    const request = (key: keyof PerLSTMVariable<unknown>, shape: number[], initializer: Initializer | null) => ({
      shape,
      initializer: initializers?.[key] ?? initializer,
      partitioner: partitioners?.[key] ?? null,
      regularizer: regularizers?.[key] ?? null,
    });
    return {
      inputSize,
      gates: request('w_gates', [rows, 4 * size], createLinearInitializer(rows)),
      bias: request('b_gates', [4 * size], createLinearInitializer(rows)),
      projection: request('w_h_projection', [size, projectionSize ?? size], createLinearInitializer(size)),
      peepholes: PEEPHOLES.map((name) => request(name, [size], null)),
    };
  }
}

/** Whether a first derivative is wanted, and of nothing but the outputs and the last state. */
function isForFirstGradient({ carry, withStates, outputsAsGone }: Sequence): boolean {
  return gradientDepth() === 1 && carry === null && !withStates && !outputsAsGone;
}

/** The bias of the gates [i, j, f, o] with a number added to that of the forget gate. */
export function addForgetBias(scopeName: string, bias: tf.Tensor, forgetBias: number): tf.Tensor {
  if (forgetBias === 0) return bias;
  const size = bias.size / 4;
  const only = graphConstant(`${scopeName}/forget_bias/${size}/${forgetBias}`, () =>
    tf.tensor1d(Array.from({ length: 4 * size }, (_, i) => (i >= 2 * size && i < 3 * size ? forgetBias : 0))),
  );
  return tf.add(bias, only);
}

/** @throws ValueError when a clip value is negative, or the forget bias is not a number. */
export function checkLSTMNumbers(
  moduleName: string,
  options: Pick<LSTMOptions, 'forgetBias' | 'hiddenClipValue' | 'cellClipValue'>,
): void {
  const { forgetBias = 1 } = options;
  if (typeof forgetBias !== 'number' || Number.isNaN(forgetBias)) {
    throw new ValueError(`${moduleName}: forgetBias must be a number; got ${String(forgetBias)}.`);
  }
  for (const name of ['hiddenClipValue', 'cellClipValue'] as const) {
    const value = options[name] ?? null;
    if (value === null || (typeof value === 'number' && value >= 0)) continue;
    throw new ValueError(`${moduleName}: the value of ${name} should be nonnegative; got ${String(value)}.`);
  }
}

/** A tensor between a value and its negative; the tensor itself without a value. */
export function clip(tensor: tf.Tensor, value: number | null | undefined): tf.Tensor {
  return value === null || value === undefined ? tensor : tf.clipByValue(tensor, -value, value);
}
