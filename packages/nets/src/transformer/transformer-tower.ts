import {
  AbstractModule,
  type BuildParameters,
  booleanArgument,
  dropout,
  IncompatibleShapeError,
  initializers,
  type ModuleOptions,
  required,
  ValueError,
  variableScope,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import { MLP } from '../mlp.ts';
import { causalMask } from './causal-mask.ts';
import { MultiheadAttention, type MultiheadAttentionCallOptions } from './multihead-attention.ts';
import { checkEncodingSize, positionEncodings } from './position-encodings.ts';
import { type LayerNormPlace, ResidualDropoutWrapper, type Sublayer } from './residual-dropout-wrapper.ts';
import { type AttentionState, type LayerMemory, partsOf } from './states.ts';
import { overSteps } from './steps.ts';

/** Options of {@link TransformerTower}. */
export interface TransformerTowerOptions extends Pick<ModuleOptions, 'name'> {
  /** Whether no step attends to a later one. Default: true. */
  readonly causal?: boolean;
  /** The size of the keys of a head. Default: `valueSize`. */
  readonly keySize?: number | null;
  /** Whether all layers share the variables of one attention module. Default: false. */
  readonly sharedAttention?: boolean;
  /** The size of the outputs. Default: `numHeads * valueSize`, without a final linear layer. */
  readonly outputSize?: number | null;
  /** The sizes of the hidden layers of each block's MLP. Default: [1024]. */
  readonly mlpHiddenSizes?: readonly number[];
  /** The probability with which training drops activations, attention weights and position encodings. Default: 0.1. */
  readonly dropoutRate?: number;
  /** Whether positions count by distance, as in Transformer-XL, instead of being added. Default: true. */
  readonly useRelativePositions?: boolean;
  /** The distance beyond which positions are no longer told apart; 0 for no limit. Default: 0. */
  readonly clampTimeRange?: number;
  /**
   * Whether a step attends to no more than itself and as many steps before it as the memory has, which makes all steps
   * look equally far. It needs `causal`. Default: false.
   */
  readonly sameAttentionLength?: boolean;
  /** Where blocks normalize: what goes into their layers, what comes out, or both. Default: `'input'`. */
  readonly layerNorm?: LayerNormPlace;
}

/** Options of a call of {@link TransformerTower}. */
export interface TransformerTowerCallOptions {
  /** What each layer may look at besides its inputs: its own earlier inputs, or a CompressedMemoryState. Default: nothing. */
  readonly state?: readonly LayerMemory[] | null;
  /** Appended to the features of every step: [batch, conditionSize]. Default: nothing. */
  readonly condition?: tf.Tensor | null;
  /** Whether dropout applies; a tensor is read back at run time, so that the call cannot be compiled. Default: true. */
  readonly isTraining?: boolean | tf.Tensor;
  /**
   * What the last layer attends to in place of its own inputs, as the decoder of a sequence does to what its encoder gave:
   * [batch, steps, size]. Then `state` may lack an item for the last layer. Default: nothing.
   */
  readonly finalLayerKeyInputs?: tf.Tensor | null;
}

type AttentionOptions = Omit<MultiheadAttentionCallOptions, 'isTraining'> & { readonly keyInputs?: tf.Tensor | null };

interface Block {
  readonly module: MultiheadAttention;
  readonly attention: ResidualDropoutWrapper<AttentionOptions, AttentionState>;
  readonly mlp: ResidualDropoutWrapper<object, null>;
}

interface Parts {
  readonly blocks: readonly Block[];
  readonly embed: MLP | null;
  readonly output: Linear | null;
}

/**
 * A stack of blocks of self-attention and MLPs: a transformer.
 *
 * Variables: of every block, in the scopes `layer_0`, `layer_1`, …, those of a {@link MultiheadAttention}, of an
 * {@link MLP}, and of two (or four) layer norms. Inputs of another size than `numHeads * valueSize` first go through an MLP
 * of one layer; `outputSize` adds a linear map without bias.
 *
 * Sonnet: `snt.nets.TransformerTower`. Vaswani et al., "Attention Is All You Need" (2017).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { TransformerTower } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const tower = new TransformerTower(16, 2, 3, { mlpHiddenSizes: [64], outputSize: 10 });
 * const [logits, states] = tower(tf.ones([4, 12, 32]), { isTraining: false });
 * assert.deepEqual(logits.shape, [4, 12, 10]);
 * assert.deepEqual(states.map(({ weights }) => weights.shape), Array(3).fill([4, 2, 12, 12]));
 * ```
 */
export class TransformerTower extends AbstractModule<
  [inputs: tf.Tensor, options?: TransformerTowerCallOptions],
  [outputs: tf.Tensor, states: AttentionState[]]
> {
  static override readonly moduleName: string = 'transformer_tower';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    state: null,
    condition: null,
    isTraining: true,
    finalLayerKeyInputs: null,
  };

  readonly #valueSize: number;
  readonly #numHeads: number;
  readonly #numLayers: number;
  readonly #options: TransformerTowerOptions;
  #parts: Parts | null = null;

  /**
   * @param valueSize The size of the values of a head.
   * @param numHeads The number of heads.
   * @param numLayers The number of blocks.
   * @param options See {@link TransformerTowerOptions}.
   * @throws ValueError when a size is not a positive integer, `numHeads * valueSize` is odd, a number is not in its range
   *   or `layerNorm` is not known.
   */
  constructor(valueSize: number, numHeads: number, numLayers: number, options: TransformerTowerOptions = {}) {
    checkConfig('TransformerTower', { valueSize, numHeads, numLayers, ...options });
    super({ name: options.name ?? TransformerTower.moduleName });
    this.#valueSize = valueSize;
    this.#numHeads = numHeads;
    this.#numLayers = numLayers;
    this.#options = options;
  }

  /**
   * @param inputs float32 [batch, steps, size].
   * @param options See {@link TransformerTowerCallOptions}.
   * @returns The outputs, [batch, steps, outputSize], and the {@link AttentionState} of every layer.
   * @throws IncompatibleShapeError when the inputs are not of rank 3.
   * @throws ValueError when `state` has not one item a layer.
   */
  protected override build(
    inputs: tf.Tensor,
    options: TransformerTowerCallOptions = {},
  ): [outputs: tf.Tensor, states: AttentionState[]] {
    const { state = null, condition = null, finalLayerKeyInputs = null } = options;
    const isTraining = booleanArgument(options.isTraining ?? true, `${String(this)}: isTraining`);
    this.#checkArguments(inputs, state, finalLayerKeyInputs !== null);
    const { embed, net: embedded } = this.#embed(inputs, condition, isTraining);
    const shared = { ...this.#positionsAndMask(embedded, state, isTraining), dropoutKeepProb: 1 - this.#dropoutRate };
    const blocks: Block[] = [];
    const states: AttentionState[] = [];
    let net = embedded;
    for (let i = 0; i < this.#numLayers; i++) {
      const keyInputs = i === this.#numLayers - 1 ? finalLayerKeyInputs : null;
      variableScope(`layer_${i}`, () => {
        const block = this.#known?.blocks[i] ?? this.#makeBlock(blocks[0]);
        const [attended, attentionState] = block.attention(net, {
          ...shared,
          state: state?.[i] ?? null,
          keyInputs,
          isTraining,
        });
        [net] = block.mlp(attended, { isTraining });
        blocks.push(block);
        states.push(attentionState);
      });
    }
    const output = this.#outputLayer();
    if (output !== null) net = output(net);
    this.#parts = { blocks, embed, output };
    return [net, states];
  }

  /**
   * The attention module of every block.
   *
   * Empty before the first connection.
   */
  get attentionModules(): readonly MultiheadAttention[] {
    return this.#known?.blocks.map(({ module }) => module) ?? [];
  }

  /** What the first connection made: nothing, where that one was taken back because the connection around it failed. */
  get #known(): Parts | null {
    return this.isConnected ? this.#parts : null;
  }

  get #embeddingSize(): number {
    return this.#numHeads * this.#valueSize;
  }

  get #dropoutRate(): number {
    return this.#options.dropoutRate ?? 0.1;
  }

  /** Appends the condition, and brings the inputs to the size of the blocks. */
  #embed(
    inputs: tf.Tensor,
    condition: tf.Tensor | null,
    isTraining: boolean,
  ): { readonly embed: MLP | null; readonly net: tf.Tensor } {
    let net = inputs;
    if (condition !== null) {
      const [batch = 0, steps = 0] = inputs.shape;
      const [, size = 0] = condition.shape;
      net = tf.concat([inputs, tf.tile(tf.reshape(condition, [batch, 1, size]), [1, steps, 1])], 2);
    }
    if (net.shape[2] === this.#embeddingSize) return { embed: null, net };
    const embed = this.#known?.embed ?? embeddingMlp(this.#embeddingSize);
    const [embedded] = this.#withDropout(embed)(net, { isTraining });
    return { embed, net: embedded };
  }

  #positionsAndMask(
    net: tf.Tensor,
    state: readonly LayerMemory[] | null,
    isTraining: boolean,
  ): Pick<MultiheadAttentionCallOptions, 'positionEncodings' | 'mask'> {
    const { causal = true, clampTimeRange = 0, sameAttentionLength = false } = this.#options;
    const chunkSize = net.shape[1] as number;
    const sizes = largestSizes(state);
    const encodings = sizes.map((size) => positionEncodings(chunkSize + size, this.#embeddingSize, clampTimeRange));
    const memorySize = sizes.reduce((sum, size) => sum + size, 0);
    return {
      positionEncodings: isTraining ? encodings.map((x) => dropout(x, 1 - this.#dropoutRate)) : encodings,
      mask: causal ? causalMask(chunkSize, memorySize, sameAttentionLength) : null,
    };
  }

  #makeBlock(first: Block | undefined): Block {
    const { keySize, useRelativePositions = true, layerNorm = 'input', mlpHiddenSizes = [1024] } = this.#options;
    const initStd = 2 / Math.sqrt(this.#numLayers);
    const shared = this.#options.sharedAttention === true && first !== undefined ? first : null;
    const module =
      shared?.module ??
      new MultiheadAttention(this.#valueSize, keySize ?? this.#valueSize, this.#numHeads, {
        useRelativePositions,
        initStd,
      });
    const attention =
      shared?.attention ??
      new ResidualDropoutWrapper<AttentionOptions, AttentionState>(attend(module), layerNorm, this.#dropoutRate);
    const mlp = transformerMlp([...mlpHiddenSizes, this.#embeddingSize], initStd, false);
    return {
      module,
      attention,
      mlp: new ResidualDropoutWrapper<object, null>(this.#withDropout(mlp), layerNorm, this.#dropoutRate),
    };
  }

  #withDropout(mlp: MLP): Sublayer<object, null> {
    return (net, { isTraining }) => {
      const options = { isTraining, dropoutKeepProb: 1 - this.#dropoutRate };
      return [overSteps((rows) => mlp(rows, options), net), null];
    };
  }

  #outputLayer(): Linear | null {
    const { outputSize = null } = this.#options;
    if (outputSize === null) return null;
    return this.#known?.output ?? new Linear(outputSize, { useBias: false, allowManyBatchDims: true });
  }

  #checkArguments(inputs: tf.Tensor, state: readonly LayerMemory[] | null, hasKeyInputs: boolean): void {
    if (inputs.rank !== 3) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs must have rank 3, [batch, steps, size]; got ${inputs.rank} ([${inputs.shape.join(', ')}]).`,
      );
    }
    if (state === null || state.length === this.#numLayers) return;
    if (hasKeyInputs && state.length === this.#numLayers - 1) return;
    throw new ValueError(
      `${String(this)}: state must have one item for each of the ${this.#numLayers} layers; got ${state.length}.`,
    );
  }
}

/** Attention within the inputs, or of the inputs to other ones. */
function attend(module: MultiheadAttention): Sublayer<AttentionOptions, AttentionState> {
  return (net, { keyInputs = null, ...options }) =>
    keyInputs === null ? module(net, options) : module(keyInputs, { ...options, queryInputs: net });
}

/** The sizes of the parts of a memory, each that of the layer where it is largest. */
function largestSizes(state: readonly LayerMemory[] | null): number[] {
  if (state === null || state.length === 0) return [0];
  const sizes = state.map((memory) => partsOf(memory).map(({ shape }) => shape[1] as number));
  const [first = []] = sizes;
  return first.map((_, part) => Math.max(...sizes.map((parts) => parts[part] ?? 0)));
}

/** An MLP as the blocks of a transformer have it. */
function transformerMlp(sizes: readonly number[], initStd: number, activateFinal: boolean): MLP {
  const w = initializers.varianceScaling({ scale: initStd });
  return new MLP(sizes, { activateFinal, useDropout: true, initializers: { w } });
}

/** The MLP of one layer that brings inputs to the size of the blocks. */
export function embeddingMlp(size: number): MLP {
  return transformerMlp([size], 2, true);
}

/** What {@link TransformerTower} is made with, as one object. */
export interface TransformerTowerConfig extends TransformerTowerOptions {
  /** The size of the values of a head. */
  readonly valueSize: number;
  /** The number of heads. */
  readonly numHeads: number;
  /** The number of blocks. */
  readonly numLayers: number;
}

/** @throws ValueError when a TransformerTower cannot be made with these options. */
export function checkConfig(where: string, config: TransformerTowerConfig): void {
  const { valueSize, numHeads, numLayers, dropoutRate = 0.1, layerNorm = 'input' } = config;
  const { keySize, outputSize } = config;
  checkSizes(where, { valueSize, numHeads, numLayers, keySize: keySize ?? 1, outputSize: outputSize ?? 1 });
  checkEncodingSize(numHeads * valueSize, where);
  if (!(dropoutRate >= 0 && dropoutRate < 1)) {
    throw new ValueError(`${where}: dropoutRate must be at least 0 and below 1; got ${String(dropoutRate)}.`);
  }
  if (!['input', 'output', 'both'].includes(layerNorm)) {
    throw new ValueError(`${where}: layerNorm must be 'input', 'output' or 'both'; got ${String(layerNorm)}.`);
  }
}
