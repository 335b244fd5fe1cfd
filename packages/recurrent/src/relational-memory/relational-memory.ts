import { type BuildParameters, type ModuleOptions, NotConnectedError, required, ValueError } from '@sonnetjs/core';
import { LayerNorm, Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { readBatchSize } from '../batch-size.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkStateTensor } from '../check-tensors.ts';
import { type InitialStateOptions, RNNCore } from '../rnn-core.ts';
import { AttentionMLP } from './attention-mlp.ts';
import { LatestTensor } from './latest-tensor.ts';

/** Options of {@link RelationalMemory}. */
export interface RelationalMemoryOptions extends Pick<ModuleOptions, 'name'> {
  /** The number of attention heads. Default: 1. */
  readonly numHeads?: number;
  /** How often attention is computed in each step. Default: 1. */
  readonly numBlocks?: number;
  /** Added to the forget gate. Default: 1. */
  readonly forgetBias?: number;
  /** Added to the input gate. Default: 0. */
  readonly inputBias?: number;
  /** Gates for each element (`'unit'`, the default), for each memory slot (`'memory'`), or none (null). */
  readonly gateStyle?: 'unit' | 'memory' | null;
  /** The number of layers after the attention. Default: 2. */
  readonly attentionMlpLayers?: number;
  /** The size of keys and queries. Default: `headSize`. */
  readonly keySize?: number | null;
}

/** Options of a call of a {@link RelationalMemory}. */
export interface RelationalMemoryCallOptions {
  /** Whether the inputs are [batch, rows, …], and each row joins the attention, instead of one vector. Default: false. */
  readonly treatInputAsMatrix?: boolean;
}

/** The checked options. */
type Settings = Required<Omit<RelationalMemoryOptions, 'name' | 'keySize'>> & { readonly keySize: number };

/**
 * A memory of several slots, which attend to each other and to the inputs in every step.
 *
 * The state is the memory: [batch, memSlots, headSize * numHeads]. It should not begin with zeros, where all slots would stay
 * the same: `initialState` makes them differ. The output is the memory as one vector.
 *
 * Variables, of layers that are made in the order of their numbers: `linear` for the inputs, `linear_1` for queries, keys and
 * values, `layer_norm`, …, `mlp/linear_0`, …, and for gates `linear_2` and `linear_3`.
 *
 * Sonnet: `snt.RelationalMemory`. Santoro et al., "Relational Recurrent Neural Networks" (2018).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { RelationalMemory } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const memory = new RelationalMemory(4, 8, { numHeads: 2 });
 * const [output, state] = memory(tf.ones([2, 5]), memory.initialState(2));
 * assert.deepEqual([output.shape, state.shape], [[2, 64], [2, 4, 16]]);
 * ```
 */
export class RelationalMemory extends RNNCore<tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, RelationalMemoryCallOptions> {
  static override readonly moduleName: string = 'relational_memory';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    memory: required,
    treatInputAsMatrix: false,
  };

  readonly #memSlots: number;
  readonly #headSize: number;
  readonly #settings: Settings;
  readonly #inputGate: LatestTensor = new LatestTensor();
  readonly #forgetGate: LatestTensor = new LatestTensor();

  /**
   * @param memSlots The number of memory slots.
   * @param headSize The size of an attention head.
   * @param options See {@link RelationalMemoryOptions}.
   * @throws ValueError when a size or number is not a positive integer, a bias is not a number, or the gate style is unknown.
   */
  constructor(memSlots: number, headSize: number, options: RelationalMemoryOptions = {}) {
    const settings = checkOptions(headSize, options);
    checkHiddenSize(memSlots, 'RelationalMemory', 'memSlots');
    super({ name: options.name ?? RelationalMemory.moduleName });
    this.#memSlots = memSlots;
    this.#headSize = headSize;
    this.#settings = settings;
  }

  /**
   * @param inputs float32 [batchSize, …], which is taken for one vector; with `treatInputAsMatrix` [batchSize, rows, …].
   * @param memory float32 [batchSize, memSlots, headSize * numHeads].
   * @param options See {@link RelationalMemoryCallOptions}.
   * @returns `[output, nextMemory]`: output float32 [batchSize, memSlots * headSize * numHeads].
   * @throws ValueError when the inputs have too few dimensions or are not float32; when the memory is missing, or has another
   *   shape or dtype; when the size of the inputs is another one than at the first connection.
   */
  protected override build(
    inputs: tf.Tensor,
    memory: tf.Tensor,
    options: RelationalMemoryCallOptions = {},
  ): [output: tf.Tensor, nextMemory: tf.Tensor] {
    const { treatInputAsMatrix = false } = options;
    this.#checkInputs(inputs, treatInputAsMatrix);
    const batchSize = inputs.shape[0] as number;
    checkStateTensor(this, 'the memory', memory, [batchSize, ...this.stateSize]);
    const rows = tf.reshape(inputs, [batchSize, treatInputAsMatrix ? (inputs.shape[1] as number) : 1, -1]);
    const projected = applyMerged(new Linear(this.#memSize), rows);
    const attended = this.#attendOverMemory(tf.concat([memory, projected], 1));
    const candidate = tf.slice(attended, [0, 0, 0], [batchSize, ...this.stateSize]);
    const next = this.#settings.gateStyle === null ? candidate : this.#gated(candidate, projected, memory);
    return [tf.reshape(next, [batchSize, -1]), next];
  }

  /**
   * A memory to begin with: the identity matrix, cut off or filled up with zeros, so that the slots differ.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param _options Without effect: the state is never trainable.
   * @returns float32 [batchSize, memSlots, headSize * numHeads].
   * @throws ValueError when the batch size is not an integer of at least 0.
   */
  override initialState(batchSize: number | tf.Tensor, _options: InitialStateOptions = {}): tf.Tensor {
    const rows = readBatchSize(batchSize, String(this));
    const [slots, size] = this.stateSize;
    const data = new Float32Array(rows * slots * size);
    for (let row = 0; row < rows; row++) {
      for (let slot = 0; slot < Math.min(slots, size); slot++) data[(row * slots + slot) * size + slot] = 1;
    }
    return tf.tensor(data, [rows, slots, size]);
  }

  override get stateSize(): [memSlots: number, memSize: number] {
    return [this.#memSlots, this.#memSize];
  }

  override get outputSize(): number[] {
    return [this.#memSlots * this.#memSize];
  }

  /**
   * The input gate of the latest connection: [batchSize, memSlots, headSize * numHeads], with `gateStyle: 'memory'`
   * [batchSize, memSlots, 1]; null without gates. The next connection frees it.
   *
   * @throws NotConnectedError before the first connection.
   */
  get inputGate(): tf.Tensor | null {
    return this.#gateOf(this.#inputGate);
  }

  /**
   * The forget gate of the latest connection, like {@link inputGate}.
   *
   * @throws NotConnectedError before the first connection.
   */
  get forgetGate(): tf.Tensor | null {
    return this.#gateOf(this.#forgetGate);
  }

  get #memSize(): number {
    return this.#headSize * this.#settings.numHeads;
  }

  #gateOf(gate: LatestTensor): tf.Tensor | null {
    if (this.isConnected) return gate.get();
    throw new NotConnectedError(`${String(this)}: its gates are those of a connection; call the module first.`);
  }

  #attendOverMemory(memory: tf.Tensor): tf.Tensor {
    const { numBlocks, attentionMlpLayers } = this.#settings;
    const mlp = new AttentionMLP(this.#memSize, attentionMlpLayers);
    let result = memory;
    for (let block = 0; block < numBlocks; block++) {
      const attended = tf.add(result, this.#attention(result));
      const normalized = applyMerged(new LayerNorm(), attended);
      result = applyMerged(new LayerNorm(), tf.add(applyMerged(mlp, normalized), normalized));
    }
    return result;
  }

  /** Attention of several heads among the rows of a memory [batch, rows, size]. */
  #attention(memory: tf.Tensor): tf.Tensor {
    const { numHeads, keySize } = this.#settings;
    const [batchSize = 0, rows = 0] = memory.shape;
    const width = 2 * keySize + this.#headSize;
    const projected = applyMerged(new LayerNorm(), applyMerged(new Linear(width * numHeads), memory));
    const heads = tf.transpose(tf.reshape(projected, [batchSize, rows, numHeads, width]), [0, 2, 1, 3]);
    const [queries, keys, values] = tf.split(heads, [keySize, keySize, this.#headSize], 3) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const weights = tf.softmax(tf.matMul(tf.mul(queries, keySize ** -0.5), keys, false, true));
    return tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [batchSize, rows, this.#memSize]);
  }

  #gated(candidate: tf.Tensor, projected: tf.Tensor, memory: tf.Tensor): tf.Tensor {
    const { gateStyle, inputBias, forgetBias } = this.#settings;
    const size = 2 * (gateStyle === 'unit' ? this.#memSize : 1);
    const batchSize = memory.shape[0] as number;
    const fromInputs = new Linear(size)(tf.reshape(projected, [batchSize, -1]));
    const fromMemory = applyMerged(new Linear(size), tf.tanh(memory));
    const gates = tf.add(fromMemory, tf.expandDims(fromInputs, 1));
    const [input, forget] = tf.split(gates, 2, 2) as [tf.Tensor, tf.Tensor];
    const inputGate = tf.sigmoid(tf.add(input, inputBias));
    const forgetGate = tf.sigmoid(tf.add(forget, forgetBias));
    const next = tf.add(tf.mul(inputGate, tf.tanh(candidate)), tf.mul(forgetGate, memory));
    this.#inputGate.keep(`${this.scopeName}/input_gate`, inputGate);
    this.#forgetGate.keep(`${this.scopeName}/forget_gate`, forgetGate);
    return next;
  }

  #checkInputs(inputs: unknown, treatInputAsMatrix: boolean): void {
    const rank = treatInputAsMatrix ? 3 : 2;
    if (inputs instanceof tf.Tensor && inputs.rank >= rank && inputs.dtype === 'float32') return;
    const found = inputs instanceof tf.Tensor ? `${inputs.dtype} [${inputs.shape.join(', ')}]` : String(inputs);
    throw new ValueError(
      `${String(this)}: inputs must be a float32 tensor of at least ${rank} dimensions, ` +
        `${treatInputAsMatrix ? '[batch, rows, …]' : '[batch, …]'}; got ${found}.`,
    );
  }
}

function checkOptions(headSize: number, options: RelationalMemoryOptions): Settings {
  const where = 'RelationalMemory';
  const { numHeads = 1, numBlocks = 1, forgetBias = 1, inputBias = 0, gateStyle = 'unit' } = options;
  const { attentionMlpLayers = 2 } = options;
  checkHiddenSize(headSize, where, 'headSize');
  const keySize = options.keySize ?? headSize;
  for (const [name, value] of Object.entries({ numHeads, numBlocks, attentionMlpLayers, keySize })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ValueError(`${where}: ${name} must be an integer >= 1; got ${value}.`);
  }
  for (const [name, value] of Object.entries({ forgetBias, inputBias })) {
    if (typeof value === 'number' && !Number.isNaN(value)) continue;
    throw new ValueError(`${where}: ${name} must be a number; got ${String(value)}.`);
  }
  if (gateStyle !== 'unit' && gateStyle !== 'memory' && gateStyle !== null) {
    throw new ValueError(`${where}: gateStyle must be one of 'unit', 'memory' and null; got ${String(gateStyle)}.`);
  }
  return { numHeads, numBlocks, forgetBias, inputBias, gateStyle, attentionMlpLayers, keySize };
}
