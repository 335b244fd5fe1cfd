import {
  AbstractModule,
  booleanArgument,
  IncompatibleShapeError,
  type ModuleOptions,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { MLP } from '../mlp.ts';
import type { AttentionState, LayerMemory } from './states.ts';
import { overSteps } from './steps.ts';
import { checkConfig, embeddingMlp, TransformerTower, type TransformerTowerConfig } from './transformer-tower.ts';

/** Options of a call of {@link TransformerXL} and {@link CompressiveTransformer}. */
export interface TransformerCoreCallOptions {
  /** Appended to the features of every step: [batch, conditionSize]. Default: nothing. */
  readonly condition?: tf.Tensor | null;
  /** Whether dropout applies; a tensor is read back at run time, so that the call cannot be compiled. Default: true. */
  readonly isTraining?: boolean | tf.Tensor;
  /** What the last layer attends to in place of its own inputs: [batch, steps, size]. Default: nothing. */
  readonly finalLayerKeyInputs?: tf.Tensor | null;
}

/** What the tower has made of a chunk of inputs. */
export interface TowerResult {
  /** [batch, steps, outputSize]. */
  readonly outputs: tf.Tensor;
  readonly states: readonly AttentionState[];
  /** The attention modules of the tower are there from now on. */
  readonly tower: TransformerTower;
  readonly isTraining: boolean;
}

/**
 * A recurrent core around a {@link TransformerTower}: every layer has a memory of its earlier inputs, which is the state.
 *
 * `Size` is the shape of the state of one layer without its batch dimension.
 */
export abstract class TransformerCore<State, Size, Output> extends AbstractModule<
  [inputs: tf.Tensor, prevState: readonly State[], options?: TransformerCoreCallOptions],
  [output: Output, nextState: State[]]
> {
  readonly #config: TransformerTowerConfig;
  readonly #chunkSize: number;
  #embed: MLP | null = null;
  #tower: TransformerTower | null = null;

  protected constructor(
    where: string,
    config: TransformerTowerConfig,
    chunkSize: number,
    options: Pick<ModuleOptions, 'name'>,
  ) {
    checkConfig(where, config);
    super(options);
    this.#config = config;
    this.#chunkSize = chunkSize;
  }

  /** The sizes of the state of one layer. */
  protected abstract get layerStateSize(): Size;

  /** The sizes of the state, one item a layer, without the batch dimension. */
  get stateSize(): Size[] {
    return Array.from({ length: this.#config.numLayers }, () => this.layerStateSize);
  }

  /** The shape of the outputs without the batch dimension: [chunkSize, size], or [size] for a chunk of one step. */
  get outputSize(): readonly number[] {
    const size = this.#config.outputSize ?? this.embeddingSize;
    return this.#chunkSize === 1 ? [size] : [this.#chunkSize, size];
  }

  /** The number of features inside the tower. */
  protected get embeddingSize(): number {
    return this.#config.numHeads * this.#config.valueSize;
  }

  /**
   * A state to begin with: zeros.
   *
   * @param batchSize The number of sequences.
   * @returns A state whose tensors are the caller's to dispose.
   * @throws ValueError when `batchSize` is not a positive integer.
   */
  initialState(batchSize: number): State[] {
    if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
      throw new ValueError(`${String(this)}: batchSize must be a positive integer; got ${String(batchSize)}.`);
    }
    return this.stateSize.map((size) => this.zeros(size, batchSize));
  }

  /** The same as {@link initialState}. */
  zeroState(batchSize: number): State[] {
    return this.initialState(batchSize);
  }

  /** Zeros for the state of one layer. */
  protected abstract zeros(size: Size, batchSize: number): State;

  /** Embeds a chunk of inputs, and applies the tower. */
  protected applyTower(
    inputs: tf.Tensor,
    memories: readonly LayerMemory[] | null,
    options: TransformerCoreCallOptions,
  ): TowerResult {
    const isTraining = booleanArgument(options.isTraining ?? true, `${String(this)}: isTraining`);
    const embed = (this.isConnected ? this.#embed : null) ?? embeddingMlp(this.embeddingSize);
    const mlpOptions = { isTraining, dropoutKeepProb: 1 - (this.#config.dropoutRate ?? 0) };
    const embedded = overSteps((rows) => embed(rows, mlpOptions), inputs);
    const tower = (this.isConnected ? this.#tower : null) ?? this.#makeTower();
    const { condition = null, finalLayerKeyInputs = null } = options;
    const [outputs, states] = tower(embedded, { state: memories, condition, isTraining, finalLayerKeyInputs });
    this.#embed = embed;
    this.#tower = tower;
    return { outputs, states, tower, isTraining };
  }

  /** The inputs as [batch, steps, size]: what comes without steps is one step. */
  protected asChunk(inputs: tf.Tensor): tf.Tensor {
    if (inputs.rank === 3) return inputs;
    if (inputs.rank === 2) return tf.expandDims(inputs, 1);
    throw new IncompatibleShapeError(
      `${String(this)}: inputs must be [batch, steps, size], or [batch, size] for one step; got ` +
        `[${inputs.shape.join(', ')}].`,
    );
  }

  /** @throws ValueError when the state has not one item a layer. */
  protected checkState(state: readonly State[]): void {
    if (Array.isArray(state) && state.length === this.#config.numLayers) return;
    throw new ValueError(
      `${String(this)}: the state must have one item for each of the ${this.#config.numLayers} layers; got ` +
        `${Array.isArray(state) ? state.length : String(state)}. A state to begin with is initialState(batchSize).`,
    );
  }

  #makeTower(): TransformerTower {
    const { valueSize, numHeads, numLayers, ...options } = this.#config;
    return new TransformerTower(valueSize, numHeads, numLayers, options);
  }
}
