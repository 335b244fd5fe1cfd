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
} from '@sonnetjs/core';
import { Linear, type PerLinearVariable } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from './apply-merged.ts';
import { checkHiddenSize } from './check-size.ts';
import { checkSameSize, checkStateTensor, checkVectorSequence } from './check-tensors.ts';
import { RNNCore } from './rnn-core.ts';
import { scan } from './unroll/scan.ts';
import { type Sequence, sequenceIn, takeSequences } from './unroll/sequence.ts';

/** What may be given for the two linear layers of a {@link VanillaRNN}: for the weights `w` and the bias `b` of each. */
export interface PerVanillaLayer<T> {
  /** For the layer that maps the inputs. */
  readonly in_to_hidden?: PerLinearVariable<T>;
  /** For the layer that maps the previous state. */
  readonly hidden_to_hidden?: PerLinearVariable<T>;
}

/** Options of {@link VanillaRNN}. */
export interface VanillaRNNOptions extends Pick<ModuleOptions, 'name'> {
  /** Applied to the sum of both layers. Default: `tf.tanh`. */
  readonly activation?: (x: tf.Tensor) => tf.Tensor;
  /** Initializers for the layers `in_to_hidden` and `hidden_to_hidden`. Default: those of {@link Linear}. */
  readonly initializers?: PerVanillaLayer<Initializer> | null;
  /** Partitioners for the layers. Default: none. */
  readonly partitioners?: PerVanillaLayer<Partitioner> | null;
  /** Regularizers for the layers. Default: none. */
  readonly regularizers?: PerVanillaLayer<Regularizer> | null;
}

const KEYS = ['in_to_hidden', 'hidden_to_hidden'] as const;
const WHERE = { moduleName: 'VanillaRNN' };

/**
 * The simplest recurrent core: `activation(inToHidden(inputs) + hiddenToHidden(prevState))`, which is output and state.
 *
 * Variables: `in_to_hidden/w` of shape [inputSize, hiddenSize], `hidden_to_hidden/w` of shape [hiddenSize, hiddenSize], and
 * a bias `b` of each layer.
 *
 * Sonnet: `snt.VanillaRNN`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { VanillaRNN } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const rnn = new VanillaRNN(16, { activation: tf.relu });
 * const [output, state] = rnn(tf.ones([4, 8]), rnn.initialState(4));
 * assert.deepEqual([output.shape, state.shape], [[4, 16], [4, 16]]);
 * ```
 */
export class VanillaRNN extends RNNCore {
  static override readonly moduleName: string = 'vanilla_rnn';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(VanillaRNN, { withStates: true });
  }

  readonly #hiddenSize: number;
  readonly #options: VanillaRNNOptions;
  #inputSize: number | null = null;
  #layers: { readonly inToHidden: Linear; readonly hiddenToHidden: Linear } | null = null;

  /**
   * @param hiddenSize The size of the state and the output.
   * @param options See {@link VanillaRNNOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `in_to_hidden` and
   *   `hidden_to_hidden`, or one of them another key than `w` and `b`.
   * @throws TypeError when one of their entries, or the activation, is not a function.
   * @throws ValueError when `hiddenSize` is not a positive integer.
   */
  constructor(hiddenSize: number, options: VanillaRNNOptions = {}) {
    checkHiddenSize(hiddenSize, 'VanillaRNN');
    const { activation = tf.tanh } = options;
    if (typeof activation !== 'function') {
      throw new TypeError(`VanillaRNN: activation must be a function; got ${String(activation)}.`);
    }
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    for (const key of KEYS) {
      const where = { moduleName: `VanillaRNN: ${key}` };
      checkInitializers(checked.initializers[key], ['w', 'b'], where);
      checkPartitioners(checked.partitioners[key], ['w', 'b'], where);
      checkRegularizers(checked.regularizers[key], ['w', 'b'], where);
    }
    super({ name: options.name ?? VanillaRNN.moduleName });
    this.#hiddenSize = hiddenSize;
    this.#options = { ...options, ...checked, activation };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState float32 [batchSize, hiddenSize].
   * @returns `[output, nextState]`, which are the same: float32 [batchSize, hiddenSize].
   * @throws IncompatibleShapeError when the inputs have the wrong rank.
   * @throws ValueError when the inputs have another last dimension than at the first connection; when the state is missing, or
   *   has another shape or dtype.
   */
  protected override build(inputs: tf.Tensor, prevState: tf.Tensor): [output: tf.Tensor, nextState: tf.Tensor] {
    // What a connection made that was taken back, because one around it failed, is of no use any more.
    const layers = (this.isConnected ? this.#layers : null) ?? {
      inToHidden: this.#layer('in_to_hidden'),
      hiddenToHidden: this.#layer('hidden_to_hidden'),
    };
    const sequence = sequenceIn(inputs);
    const results =
      sequence === null ? this.#step(inputs, prevState, layers) : this.#unroll(sequence, prevState, layers);
    this.#layers = layers;
    this.#inputSize = (sequence?.values ?? inputs).shape.at(-1) as number;
    return results;
  }

  /**
   * The layer that maps the inputs.
   *
   * @throws NotConnectedError before the first connection.
   */
  get inToHiddenLinear(): Linear {
    return this.#connectedLayers.inToHidden;
  }

  /**
   * The layer that maps the previous state.
   *
   * @throws NotConnectedError before the first connection.
   */
  get hiddenToHiddenLinear(): Linear {
    return this.#connectedLayers.hiddenToHidden;
  }

  /**
   * The variables of the layer that maps the inputs.
   *
   * @throws NotConnectedError before the first connection.
   */
  get inToHiddenVariables(): tf.Variable[] {
    return this.inToHiddenLinear.getVariables();
  }

  /**
   * The variables of the layer that maps the previous state.
   *
   * @throws NotConnectedError before the first connection.
   */
  get hiddenToHiddenVariables(): tf.Variable[] {
    return this.hiddenToHiddenLinear.getVariables();
  }

  override get stateSize(): number[] {
    return [this.#hiddenSize];
  }

  override get outputSize(): number[] {
    return [this.#hiddenSize];
  }

  #step(inputs: tf.Tensor, prevState: tf.Tensor, layers: Layers): [tf.Tensor, tf.Tensor] {
    if (inputs instanceof tf.Tensor && inputs.rank === 2) this.#checkSize(inputs.shape[1] as number);
    const fromInputs = layers.inToHidden(inputs);
    checkStateTensor(this, 'prevState', prevState, [inputs.shape[0] as number, this.#hiddenSize]);
    return this.#combine(fromInputs, layers.hiddenToHidden(prevState));
  }

  #unroll(sequence: Sequence<tf.Tensor>, prevState: tf.Tensor, layers: Layers): [tf.Tensor, tf.Tensor] {
    this.#checkSize(checkVectorSequence(this, sequence.values));
    checkStateTensor(this, 'prevState', prevState, [sequence.batchSize, this.#hiddenSize]);
    const { inToHidden, hiddenToHidden } = layers;
    const projection = {
      apply: (values: tf.Tensor) => applyMerged(inToHidden, values),
      elementsPerStep: sequence.batchSize * this.#hiddenSize,
    };
    const step = (fromInputs: tf.Tensor, state: tf.Tensor) => this.#combine(fromInputs, hiddenToHidden(state));
    return scan(sequence, prevState, step, projection);
  }

  #checkSize(inputSize: number): void {
    // A connection that was taken back, because one around it failed, does not count.
    if (this.#inputSize !== null && this.isConnected) checkSameSize(this, this.#inputSize, inputSize);
  }

  #combine(fromInputs: tf.Tensor, fromState: tf.Tensor): [tf.Tensor, tf.Tensor] {
    const output = (this.#options.activation ?? tf.tanh)(tf.add(fromInputs, fromState));
    return [output, output];
  }

  #layer(name: (typeof KEYS)[number]): Linear {
    const { initializers, partitioners, regularizers } = this.#options;
    return new Linear(this.#hiddenSize, {
      name,
      initializers: initializers?.[name] ?? null,
      partitioners: partitioners?.[name] ?? null,
      regularizers: regularizers?.[name] ?? null,
    });
  }

  get #connectedLayers(): Layers {
    if (this.#layers !== null && this.isConnected) return this.#layers;
    throw new NotConnectedError(`${String(this)}: its layers are made at its first connection; call the module first.`);
  }
}

interface Layers {
  readonly inToHidden: Linear;
  readonly hiddenToHidden: Linear;
}
