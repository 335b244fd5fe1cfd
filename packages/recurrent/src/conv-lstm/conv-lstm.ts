import {
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type Initializer,
  type ModuleOptions,
  NotConnectedError,
  type Partitioner,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import {
  Conv1D,
  Conv2D,
  Conv3D,
  LayerNorm,
  type Padding,
  type PerConvVariable,
  type PerDimension,
} from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkStateTensor, noState } from '../check-tensors.ts';
import { RNNCore } from '../rnn-core.ts';
import { scan } from '../unroll/scan.ts';
import { type Sequence, sequenceIn, takeSequences } from '../unroll/sequence.ts';

/** Options of {@link ConvLSTM}, and among those of {@link Conv1DLSTM} and {@link Conv2DLSTM}. */
export interface ConvLSTMOptions extends ModuleOptions {
  /** How far the kernels move, once or for each spatial dimension. A state keeps its shape only with 1. Default: 1. */
  readonly stride?: PerDimension<number>;
  /** The distance between the positions of the kernels, once or for each spatial dimension. Default: 1. */
  readonly rate?: PerDimension<number>;
  /** How inputs and states are padded. A state keeps its shape only with `SAME`. Default: `SAME`. */
  readonly padding?: PerDimension<Padding>;
  /** Whether the convolutions have a bias. Default: true. */
  readonly useBias?: boolean;
  /** Whether both convolutions have one, of which one is redundant; otherwise only that of the inputs has. Default: true. */
  readonly legacyBiasBehaviour?: boolean;
  /** Added to the forget gate. Default: 1. */
  readonly forgetBias?: number;
  /** Initializers for `w` and, where there is a bias, `b` of both convolutions. Default: those of {@link Conv2D}. */
  readonly initializers?: PerConvVariable<Initializer> | null;
  /** Partitioners for `w` and `b` of both convolutions. Default: none. */
  readonly partitioners?: PerConvVariable<Partitioner> | null;
  /** Regularizers for `w` and `b` of both convolutions. Default: none. */
  readonly regularizers?: PerConvVariable<Regularizer> | null;
  /** Whether the gates are normalized by a {@link LayerNorm}, over all dimensions but the first. Default: false. */
  readonly useLayerNorm?: boolean;
}

/** The state of a {@link ConvLSTM}. */
export type ConvLSTMState = [hidden: tf.Tensor, cell: tf.Tensor];

/** The convolutions of a {@link ConvLSTM}. */
export interface ConvLSTMConvolutions {
  /** That of the inputs. */
  readonly input: Conv1D | Conv2D | Conv3D;
  /** That of the hidden state. */
  readonly hidden: Conv1D | Conv2D | Conv3D;
}

const CONVOLUTIONS = [Conv1D, Conv2D, Conv3D] as const;

/**
 * An LSTM whose state is an image, or another array, and whose gates come from convolutions.
 *
 * The state is `[hidden, cell]`, both of the shape of the inputs with `outputChannels` channels.
 *
 * Variables: `conv/w` and `conv/b` of the convolution of the inputs, `conv_1/w` and `conv_1/b` of that of the hidden state,
 * with 4 * outputChannels channels; with layer normalization `layer_norm/gamma` and `layer_norm/beta`.
 *
 * Sonnet: `snt.python.modules.gated_rnn.ConvLSTM`. Shi et al., "Convolutional LSTM Network" (2015).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { ConvLSTM } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new ConvLSTM(2, [8, 8, 1], 4, 3);
 * const [output, [hidden, cell]] = core(tf.ones([2, 8, 8, 1]), core.initialState(2));
 * assert.deepEqual([output.shape, hidden.shape, cell.shape], Array(3).fill([2, 8, 8, 4]));
 * ```
 */
export class ConvLSTM extends RNNCore<
  tf.Tensor,
  ConvLSTMState,
  tf.Tensor,
  readonly [hidden: tf.Tensor, cell: tf.Tensor]
> {
  static override readonly moduleName: string = 'conv_lstm';
  static override readonly buildParameters: BuildParameters = { inputs: required, state: required };

  static {
    takeSequences(ConvLSTM, { withStates: true });
  }

  readonly #convNdims: number;
  readonly #inputShape: readonly number[];
  readonly #outputChannels: number;
  readonly #kernelShape: PerDimension<number>;
  readonly #options: ConvLSTMOptions;
  #convolutions: ConvLSTMConvolutions | null = null;
  #layerNorm: LayerNorm | null = null;

  /**
   * @param convNdims The number of spatial dimensions: 1, 2 or 3.
   * @param inputShape The shape of the inputs without the batch dimension: [...spatial, channels].
   * @param outputChannels The number of channels of state and output.
   * @param kernelShape The size of the kernels, once or for each spatial dimension.
   * @param options See {@link ConvLSTMOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when there is no such convolution, the input shape does not fit it, or a number cannot be used.
   */
  constructor(
    convNdims: number,
    inputShape: readonly number[],
    outputChannels: number,
    kernelShape: PerDimension<number>,
    options: ConvLSTMOptions = {},
  ) {
    const { name: className } = new.target as { readonly name: string };
    // As in Sonnet, what is given for a bias that a convolution has not is left out.
    const keys = ConvLSTM.getPossibleInitializerKeys(convNdims);
    const where = { moduleName: className };
    const checked = {
      initializers: checkInitializers(options.initializers, keys, where),
      partitioners: checkPartitioners(options.partitioners, keys, where),
      regularizers: checkRegularizers(options.regularizers, keys, where),
    };
    const shape = checkInputShape(inputShape, convNdims, className);
    checkHiddenSize(outputChannels, className, 'outputChannels');
    super({ name: options.name ?? ConvLSTM.moduleName, customGetter: options.customGetter ?? null });
    this.#convNdims = convNdims;
    this.#inputShape = shape;
    this.#outputChannels = outputChannels;
    this.#kernelShape = kernelShape;
    this.#options = { ...options, ...checked };
  }

  /**
   * @param convNdims The number of spatial dimensions: 1, 2 or 3.
   * @param options `useBias`: whether the convolutions have a bias. Default: true.
   * @throws ValueError when there is no such convolution.
   */
  static override getPossibleInitializerKeys(
    convNdims?: number | object,
    options: { readonly useBias?: boolean } = {},
  ): string[] {
    return convolutionOf(convNdims).getPossibleInitializerKeys(options);
  }

  /**
   * @param inputs float32 [batchSize, ...inputShape].
   * @param state `[hidden, cell]`, each float32 [batchSize, ...spatial, outputChannels].
   * @returns `[output, nextState]`, where the output is the hidden state of the next state.
   * @throws IncompatibleShapeError when the inputs have the wrong rank, or another number of channels than at the first
   *   connection.
   * @throws ValueError when the inputs have another shape than the state; when the state is missing, or has another structure,
   *   shape or dtype.
   */
  protected override build(
    inputs: tf.Tensor,
    state: readonly [hidden: tf.Tensor, cell: tf.Tensor],
  ): [output: tf.Tensor, nextState: ConvLSTMState] {
    // What a connection made that was taken back, because one around it failed, is of no use any more.
    if (!this.isConnected) [this.#convolutions, this.#layerNorm] = [null, null];
    const convolutions = this.#convolutions ?? this.#makeConvolutions();
    const sequence = sequenceIn(inputs);
    const results =
      sequence === null
        ? this.#next(convolutions.input(inputs), this.#checkedState(state, inputs.shape[0] as number), convolutions)
        : this.#unroll(sequence, state, convolutions);
    this.#convolutions = convolutions;
    return results;
  }

  /**
   * The convolutions.
   *
   * @throws NotConnectedError before the first connection.
   */
  get convolutions(): ConvLSTMConvolutions {
    if (this.#convolutions !== null && this.isConnected) return this.#convolutions;
    throw new NotConnectedError(
      `${String(this)}: its convolutions are made at its first connection; call the module first.`,
    );
  }

  override get stateSize(): [hidden: number[], cell: number[]] {
    return [this.outputSize, this.outputSize];
  }

  override get outputSize(): number[] {
    return [...this.#inputShape.slice(0, -1), this.#outputChannels];
  }

  /** Whether the gates are normalized. */
  get useLayerNorm(): boolean {
    return this.#options.useLayerNorm === true;
  }

  #unroll(
    sequence: Sequence<tf.Tensor>,
    state: readonly [tf.Tensor, tf.Tensor],
    convolutions: ConvLSTMConvolutions,
  ): [tf.Tensor, ConvLSTMState] {
    const start = this.#checkedState(state, sequence.batchSize);
    const step = (fromInputs: tf.Tensor, previous: ConvLSTMState) => this.#next(fromInputs, previous, convolutions);
    return scan(sequence, start, step, {
      apply: (values: tf.Tensor) => applyMerged(convolutions.input, values),
      elementsPerStep: sequence.batchSize * 4 * tf.util.sizeFromShape(this.outputSize),
    });
  }

  #next(
    fromInputs: tf.Tensor,
    [hidden, cell]: ConvLSTMState,
    convolutions: ConvLSTMConvolutions,
  ): [tf.Tensor, ConvLSTMState] {
    const fromHidden = convolutions.hidden(hidden);
    this.#checkShapes(fromInputs, fromHidden, cell);
    const sum = tf.add(fromInputs, fromHidden);
    const gates = this.useLayerNorm ? this.#normalize(sum) : sum;
    const [i, j, f, o] = tf.split(gates, 4, gates.rank - 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const forget = tf.sigmoid(tf.add(f, this.#options.forgetBias ?? 1));
    const nextCell = tf.add(tf.mul(forget, cell), tf.mul(tf.sigmoid(i), tf.tanh(j)));
    const output = tf.mul(tf.tanh(nextCell), tf.sigmoid(o));
    return [output, [output, nextCell]];
  }

  #normalize(gates: tf.Tensor): tf.Tensor {
    this.#layerNorm ??= new LayerNorm();
    return this.#layerNorm(gates);
  }

  #makeConvolutions(): ConvLSTMConvolutions {
    const { useBias = true, legacyBiasBehaviour = true } = this.#options;
    return { input: this.#makeConvolution(useBias), hidden: this.#makeConvolution(useBias && legacyBiasBehaviour) };
  }

  #makeConvolution(useBias: boolean): Conv1D | Conv2D | Conv3D {
    const { stride = 1, rate = 1, padding = 'SAME', initializers, partitioners, regularizers } = this.#options;
    return new (convolutionOf(this.#convNdims))(4 * this.#outputChannels, this.#kernelShape, {
      name: 'conv',
      stride,
      rate,
      padding,
      useBias,
      initializers: onlyUsed(initializers, useBias),
      partitioners: onlyUsed(partitioners, useBias),
      regularizers: onlyUsed(regularizers, useBias),
    });
  }

  #checkedState(state: readonly [tf.Tensor, tf.Tensor], batchSize: number): ConvLSTMState {
    if (!Array.isArray(state) || state.length !== 2) {
      throw noState(this, 'the state must be an array of 2 tensors, [hidden, cell]', state);
    }
    checkStateTensor(this, 'the hidden state', state[0], [batchSize, ...this.outputSize]);
    return [state[0], state[1]];
  }

  #checkShapes(fromInputs: tf.Tensor, fromHidden: tf.Tensor, cell: unknown): void {
    const [a, b] = [fromInputs.shape, fromHidden.shape];
    if (!tf.util.arraysEqual(a, b)) {
      throw new ValueError(
        `${String(this)}: the convolutions of inputs and hidden state must have the same shape, but give ` +
          `[${a.join(', ')}] and [${b.join(', ')}]. Inputs must be [batch, ${this.#inputShape.join(', ')}].`,
      );
    }
    checkStateTensor(this, 'the cell', cell, [...a.slice(0, -1), this.#outputChannels]);
  }
}

function convolutionOf(convNdims: unknown): typeof Conv1D | typeof Conv2D | typeof Conv3D {
  const type = CONVOLUTIONS[Number(convNdims) - 1];
  if (typeof convNdims === 'number' && type !== undefined) return type;
  throw new ValueError(
    `ConvLSTM: invalid convolution dimensionality: convNdims must be 1, 2 or 3; got ${String(convNdims)}.`,
  );
}

function checkInputShape(inputShape: readonly number[], convNdims: number, className: string): number[] {
  const shape = typeof Object(inputShape)[Symbol.iterator] === 'function' ? [...inputShape] : [];
  if (shape.length === convNdims + 1 && shape.every((size) => Number.isSafeInteger(size) && size > 0)) return shape;
  throw new ValueError(
    `${className}: invalid inputShape [${shape.join(', ')}] for convNdims ${convNdims}: it must be [...spatial, channels], ` +
      `${convNdims + 1} positive integers.`,
  );
}

/** The entries for variables that there are. */
function onlyUsed<T>(entries: PerConvVariable<T> | null | undefined, useBias: boolean): PerConvVariable<T> {
  const { w, b } = entries ?? {};
  return { ...(w === undefined ? {} : { w }), ...(b === undefined || !useBias ? {} : { b }) };
}
