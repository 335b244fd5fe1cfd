import { type BuildParameters, type ModuleOptions, NotConnectedError, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { readBatchSize } from '../batch-size.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkStateTensor } from '../check-tensors.ts';
import type { InitialStateOptions } from '../initial-state/initial-state-options.ts';
import { RNNCore } from '../rnn-core.ts';
import { scan } from '../unroll/scan.ts';
import { type Projection, type Sequence, sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { LatestTensor } from './latest-tensor.ts';
import { type BlockLayers, type GateLayers, type MemoryLayers, makeMemoryLayers } from './memory-layers.ts';

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

/** What does not depend on the memory. */
interface FromInputs {
  /** The inputs as rows of the memory's size: [batch, rows, size]. */
  readonly rows: tf.Tensor;
  /** What the gates get of them, where that is computed beforehand: [batch, size of the gates]. */
  readonly forGates?: tf.Tensor;
}

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

  static {
    takeSequences(RelationalMemory, { withStates: true });
  }

  readonly #memSlots: number;
  readonly #headSize: number;
  readonly #settings: Settings;
  readonly #inputGate: LatestTensor = new LatestTensor();
  readonly #forgetGate: LatestTensor = new LatestTensor();
  #layers: MemoryLayers | null = null;
  #rowSize: number | null = null;

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
    const sequence = sequenceIn(inputs);
    const leading = sequence === null ? 1 : 2;
    const { shape } = this.#checkedInputs(sequence?.values ?? inputs, treatInputAsMatrix, leading);
    checkStateTensor(this, 'the memory', memory, [shape[leading - 1] as number, ...this.stateSize]);
    // What a connection made that was taken back, because one around it failed, is of no use any more.
    const layers = (this.isConnected ? this.#layers : null) ?? this.#makeLayers();
    const rowCount = treatInputAsMatrix ? (shape[leading] as number) : 1;
    const rowSize = tf.util.sizeFromShape(shape.slice(leading + (treatInputAsMatrix ? 1 : 0)));
    this.#checkRowSize(rowSize);
    const results =
      sequence === null
        ? this.#next({ rows: this.#asRows(inputs, rowCount, layers) }, memory, layers)
        : this.#unroll(sequence, memory, rowCount, layers);
    [this.#layers, this.#rowSize] = [layers, rowSize];
    return results;
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

  #makeLayers(): MemoryLayers {
    const { numHeads, numBlocks, keySize, gateStyle, attentionMlpLayers: mlpLayers } = this.#settings;
    const projectionSize = (2 * keySize + this.#headSize) * numHeads;
    const gateSize = gateStyle === null ? null : 2 * (gateStyle === 'unit' ? this.#memSize : 1);
    return makeMemoryLayers({ memSize: this.#memSize, projectionSize, numBlocks, mlpLayers, gateSize });
  }

  #unroll(
    sequence: Sequence<tf.Tensor>,
    memory: tf.Tensor,
    rowCount: number,
    layers: MemoryLayers,
  ): [output: tf.Tensor, nextMemory: tf.Tensor] {
    const { values, batchSize } = sequence;
    const { gates } = layers;
    // A call first: it makes the variables in the order in which Sonnet makes them.
    if (!this.isConnected) {
      const [, ...shape] = values.shape;
      const first = tf.reshape(
        tf.slice(
          values,
          values.shape.map(() => 0),
          [1, ...shape],
        ),
        shape,
      );
      this.#next({ rows: this.#asRows(first, rowCount, layers) }, memory, layers);
    }
    const apply = (steps: tf.Tensor): FromInputs => {
      const [count = 0, , ...rest] = steps.shape;
      const rows = this.#asRows(tf.reshape(steps, [count * batchSize, ...rest]), rowCount, layers);
      const byStep = (merged: tf.Tensor) => tf.reshape(merged, [count, batchSize, ...merged.shape.slice(1)]);
      return gates === null ? { rows: byStep(rows) } : { rows: byStep(rows), forGates: byStep(toGates(rows, gates)) };
    };
    const elementsPerStep = batchSize * (rowCount * this.#memSize + (gates?.fromInputs.outputSize ?? 0));
    const step = (fromInputs: unknown, previous: tf.Tensor) => this.#next(fromInputs as FromInputs, previous, layers);
    return scan(sequence as Sequence, memory, step, { apply: apply as Projection<unknown>['apply'], elementsPerStep });
  }

  /** What does not depend on the memory: the inputs, [batch, …], as rows of the memory's size. */
  #asRows(inputs: tf.Tensor, rowCount: number, { input }: MemoryLayers): tf.Tensor {
    return applyMerged(input, tf.reshape(inputs, [inputs.shape[0] as number, rowCount, -1]));
  }

  #next({ rows, forGates }: FromInputs, memory: tf.Tensor, layers: MemoryLayers): [tf.Tensor, tf.Tensor] {
    const [batchSize = 0] = memory.shape;
    const attended = this.#attendOverMemory(tf.concat([memory, rows], 1), layers);
    const candidate = tf.slice(attended, [0, 0, 0], [batchSize, ...this.stateSize]);
    const { gates } = layers;
    const next = gates === null ? candidate : this.#gated(candidate, forGates ?? toGates(rows, gates), memory, gates);
    return [tf.reshape(next, [batchSize, -1]), next];
  }

  #attendOverMemory(memory: tf.Tensor, { mlp, blocks }: MemoryLayers): tf.Tensor {
    return blocks.reduce((result, block) => {
      const attended = tf.add(result, this.#attention(result, block));
      const normalized = applyMerged(block.norms[1], attended);
      return applyMerged(block.norms[2], tf.add(applyMerged(mlp, normalized), normalized));
    }, memory);
  }

  /** Attention of several heads among the rows of a memory [batch, rows, size]. */
  #attention(memory: tf.Tensor, { projection, norms }: BlockLayers): tf.Tensor {
    const { numHeads, keySize } = this.#settings;
    const [batchSize = 0, rows = 0] = memory.shape;
    const width = 2 * keySize + this.#headSize;
    const projected = applyMerged(norms[0], applyMerged(projection, memory));
    const heads = tf.transpose(tf.reshape(projected, [batchSize, rows, numHeads, width]), [0, 2, 1, 3]);
    const [queries, keys, values] = tf.split(heads, [keySize, keySize, this.#headSize], 3) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const weights = tf.softmax(tf.matMul(tf.mul(queries, keySize ** -0.5), keys, false, true));
    return tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [batchSize, rows, this.#memSize]);
  }

  #gated(candidate: tf.Tensor, forGates: tf.Tensor, memory: tf.Tensor, { fromMemory }: GateLayers): tf.Tensor {
    const { inputBias, forgetBias } = this.#settings;
    const gates = tf.add(applyMerged(fromMemory, tf.tanh(memory)), tf.expandDims(forGates, 1));
    const [input, forget] = tf.split(gates, 2, 2) as [tf.Tensor, tf.Tensor];
    const inputGate = tf.sigmoid(tf.add(input, inputBias));
    const forgetGate = tf.sigmoid(tf.add(forget, forgetBias));
    const next = tf.add(tf.mul(inputGate, tf.tanh(candidate)), tf.mul(forgetGate, memory));
    this.#inputGate.keep(`${this.scopeName}/input_gate`, inputGate);
    this.#forgetGate.keep(`${this.scopeName}/forget_gate`, forgetGate);
    return next;
  }

  #checkRowSize(size: number): void {
    // A connection that was taken back, because one around it failed, does not count.
    if (this.#rowSize === null || this.#rowSize === size || !this.isConnected) return;
    throw new ValueError(
      `${String(this)}: each row of inputs must have ${this.#rowSize} elements, as at its first connection; got ${size}.`,
    );
  }

  /** @param leading How many dimensions stand before those of one row of the batch's inputs. */
  #checkedInputs(inputs: unknown, treatInputAsMatrix: boolean, leading: number): tf.Tensor {
    const rank = leading + (treatInputAsMatrix ? 2 : 1);
    if (inputs instanceof tf.Tensor && inputs.rank >= rank && inputs.dtype === 'float32') return inputs;
    const found =
      inputs instanceof tf.Tensor ? `${inputs.dtype} [${inputs.shape.slice(leading - 1).join(', ')}]` : String(inputs);
    throw new ValueError(
      `${String(this)}: inputs must be a float32 tensor of at least ${rank - leading + 1} dimensions, ` +
        `${treatInputAsMatrix ? '[batch, rows, …]' : '[batch, …]'}; got ${found}.`,
    );
  }
}

/** What the input and forget gates get from the inputs as rows, [batch, rows, size]. */
function toGates(rows: tf.Tensor, { fromInputs }: GateLayers): tf.Tensor {
  return fromInputs(tf.reshape(rows, [rows.shape[0] as number, -1]));
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
