import { type BuildParameters, IncompatibleShapeError, type ModuleOptions, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import { ConvCompressor } from './conv-compressor.ts';
import type { MemoryCompressor, MemoryCompressorClass } from './memory-compressor.ts';
import { type CompressedMemorySize, CompressedMemoryState } from './states.ts';
import { remember } from './steps.ts';
import { type TowerResult, TransformerCore, type TransformerCoreCallOptions } from './transformer-core.ts';
import type { TransformerTowerConfig } from './transformer-tower.ts';

/** Options of {@link CompressiveTransformer}. */
export interface CompressiveTransformerOptions<ExportStats extends boolean = boolean>
  extends Pick<ModuleOptions, 'name'> {
  /** How many steps become one compressed step. Default: 2. */
  readonly compressionRate?: number;
  /** The class of the modules that compress, one a layer. Default: {@link ConvCompressor}. */
  readonly compressionCtor?: MemoryCompressorClass<never>;
  /** The options of these modules. Default: none. */
  readonly compressionConfig?: object | null;
  /** Whether the output is a pair, with the loss of the compressors in the second place. Default: false. */
  readonly exportStats?: ExportStats;
}

/** What a {@link CompressiveTransformer} says about a call. */
export interface CompressionStats {
  /** What training must minimize besides its own loss, so that the compressors learn: []. */
  readonly compressionLoss: tf.Tensor;
}

/** The output of a {@link CompressiveTransformer}: a tensor, or with `exportStats` a pair. */
export type CompressiveTransformerOutput<ExportStats extends boolean> = ExportStats extends true
  ? [output: tf.Tensor, stats: CompressionStats]
  : tf.Tensor;

/**
 * A transformer with two memories: what leaves the memory of a {@link TransformerXL} is compressed and kept on.
 *
 * With chunks of one step it compresses once in `compressionRate` calls, otherwise in every call: then chunks should be a
 * multiple of `compressionRate`.
 *
 * The compressors learn from a loss of their own, by which nothing else changes. Sonnet puts it into a collection; here
 * `exportStats` adds it to the output, for the program to add to its own loss.
 *
 * Variables: those of an {@link MLP} of one layer, through which inputs go first, of a {@link TransformerTower}, and of one
 * compressor a layer.
 *
 * Sonnet: `snt.nets.CompressiveTransformer`. Rae et al., "Compressive Transformers for Long-Range Sequence Modelling"
 * (2019).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { CompressiveTransformer } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const config = { valueSize: 4, numHeads: 2, numLayers: 2, mlpHiddenSizes: [16] };
 * const core = new CompressiveTransformer(config, 4, 8, 6, { exportStats: true });
 * const state = core.initialState(3);
 * const [[output, { compressionLoss }], nextState] = core(tf.ones([3, 4, 8]), state, { isTraining: true });
 * assert.deepEqual(output.shape, [3, 4, 8]);
 * assert.deepEqual(compressionLoss.shape, []);
 * assert.deepEqual(nextState.map(({ compressedMemory }) => compressedMemory.shape), [[3, 6, 8], [3, 6, 8]]);
 * ```
 */
export class CompressiveTransformer<ExportStats extends boolean = false> extends TransformerCore<
  CompressedMemoryState,
  CompressedMemorySize,
  CompressiveTransformerOutput<ExportStats>
> {
  static override readonly moduleName: string = 'compressive_transformer';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    prevState: required,
    condition: null,
    isTraining: true,
    finalLayerKeyInputs: null,
  };

  readonly #episodicMemorySize: number;
  readonly #compressedMemorySize: number;
  readonly #compressionRate: number;
  readonly #options: CompressiveTransformerOptions<ExportStats>;
  #compressors: readonly MemoryCompressor[] = [];

  /**
   * @param coreConfig What the tower is made with: `valueSize`, `numHeads`, `numLayers` and the options of
   *   {@link TransformerTower}. Its `dropoutRate` also holds for the first MLP, where the default is 0.
   * @param chunkSize How many steps a call gets.
   * @param episodicMemorySize How many steps a layer remembers as they were.
   * @param compressedMemorySize How many compressed steps a layer remembers.
   * @param options See {@link CompressiveTransformerOptions}.
   * @throws ValueError when a size is not a positive integer, chunks are shorter than `compressionRate` without being
   *   single steps, or the configuration is not valid.
   */
  constructor(
    coreConfig: TransformerTowerConfig,
    chunkSize: number,
    episodicMemorySize: number,
    compressedMemorySize: number,
    options: CompressiveTransformerOptions<ExportStats> = {},
  ) {
    const { compressionRate = 2 } = options;
    const where = 'CompressiveTransformer';
    checkSizes(where, { chunkSize, episodicMemorySize, compressedMemorySize, compressionRate });
    if (chunkSize > 1 && chunkSize < compressionRate) {
      throw new ValueError(
        `${where}: chunkSize must be 1, or at least compressionRate, ${compressionRate}; got ${chunkSize}.`,
      );
    }
    super(where, coreConfig, chunkSize, { name: options.name ?? CompressiveTransformer.moduleName });
    this.#episodicMemorySize = episodicMemorySize;
    this.#compressedMemorySize = compressedMemorySize;
    this.#compressionRate = compressionRate;
    this.#options = options;
  }

  /**
   * @param inputs float32 [batch, steps, size], or [batch, size] for one step.
   * @param prevState What the previous chunk left, or {@link initialState}: one {@link CompressedMemoryState} a layer.
   * @param options See {@link TransformerCoreCallOptions}.
   * @returns The output, [batch, steps, outputSize] (without steps where the inputs have none), and the next state.
   * @throws IncompatibleShapeError when the inputs have another rank, or too few steps to compress.
   * @throws ValueError when the state has not one item a layer.
   */
  protected override build(
    inputs: tf.Tensor,
    prevState: readonly CompressedMemoryState[],
    options: TransformerCoreCallOptions = {},
  ): [output: CompressiveTransformerOutput<ExportStats>, nextState: CompressedMemoryState[]] {
    this.checkState(prevState);
    const chunk = this.asChunk(inputs);
    const chunkSize = chunk.shape[1] as number;
    this.#checkChunkSize(chunkSize);
    const tower = this.applyTower(chunk, prevState, options);
    const known = this.isConnected ? this.#compressors : [];
    const compressors = prevState.map((_, i) => known[i] ?? this.#makeCompressor());
    const results = prevState.map((state, i) => {
      return this.#remember(state, compressors[i] as MemoryCompressor, tower, i);
    });
    this.#compressors = compressors;
    const output = inputs.rank === 2 ? tf.squeeze(tower.outputs, [1]) : tower.outputs;
    const losses = results.flatMap(({ loss }) => (loss === null ? [] : [loss]));
    const stats: CompressionStats = { compressionLoss: losses.length === 0 ? tf.scalar(0) : tf.addN(losses) };
    const withStats = this.#options.exportStats === true ? [output, stats] : output;
    return [withStats as CompressiveTransformerOutput<ExportStats>, results.map(({ state }) => state)];
  }

  protected override get layerStateSize(): CompressedMemorySize {
    const size = this.embeddingSize;
    return new CompressedMemoryState([this.#episodicMemorySize, size], [this.#compressedMemorySize, size], [1]);
  }

  protected override zeros(size: CompressedMemorySize, batchSize: number): CompressedMemoryState {
    return new CompressedMemoryState(
      tf.zeros([batchSize, ...size.episodicMemory]),
      tf.zeros([batchSize, ...size.compressedMemory]),
      tf.zeros([batchSize, ...size.index]),
    );
  }

  /** Moves the inputs of a layer into its memory, and what they displace, compressed, into the other one. */
  #remember(
    { episodicMemory, compressedMemory, index }: CompressedMemoryState,
    compressor: MemoryCompressor,
    { states, tower }: TowerResult,
    layer: number,
  ): { readonly state: CompressedMemoryState; readonly loss: tf.Tensor | null } {
    const attentionState = states[layer] as TowerResult['states'][number];
    const attentionModule = tower.attentionModules[layer] as (typeof tower.attentionModules)[number];
    const { embeddings } = attentionState;
    const [batch = 0, chunkSize = 0, size = 0] = embeddings.shape;
    const oldest = tf.slice(
      tf.concat([episodicMemory, embeddings], 1),
      [0, 0, 0],
      [batch, this.#numToCompress(chunkSize), size],
    );
    const needsLoss = this.#options.exportStats === true;
    const [compressed, loss] = compressor(oldest, { attentionState, attentionModule, needsLoss });
    const next = remember(compressedMemory, compressed);
    const now = chunkSize > 1 ? null : this.#isDue(index);
    const state = new CompressedMemoryState(
      remember(episodicMemory, embeddings),
      now === null ? next : tf.where(tf.reshape(now, [-1, 1, 1]), next, compressedMemory),
      tf.add(index, 1),
    );
    return { state, loss: now === null || loss === null ? loss : tf.mul(loss, tf.mean(tf.cast(now, 'float32'))) };
  }

  /** Whether it is time to compress, for chunks of a single step: bool [batch, 1]. */
  #isDue(index: tf.Tensor): tf.Tensor {
    return tf.equal(tf.mod(index, this.#compressionRate), this.#compressionRate - 1);
  }

  #numToCompress(chunkSize: number): number {
    const wanted = chunkSize === 1 ? this.#compressionRate : chunkSize;
    return Math.min(wanted, chunkSize + this.#episodicMemorySize - 1);
  }

  #makeCompressor(): MemoryCompressor {
    const compressor = this.#options.compressionCtor ?? ConvCompressor;
    return new compressor(
      this.#compressionRate,
      this.#compressedMemorySize,
      this.#episodicMemorySize,
      (this.#options.compressionConfig ?? {}) as never,
    );
  }

  #checkChunkSize(chunkSize: number): void {
    const count = this.#numToCompress(chunkSize);
    if (count >= this.#compressionRate) return;
    throw new IncompatibleShapeError(
      `${String(this)}: chunks of ${chunkSize} steps leave ${count} to compress at a compressionRate of ` +
        `${this.#compressionRate}; give at least so many steps at once, or single ones with an episodicMemorySize of at ` +
        `least ${this.#compressionRate}.`,
    );
  }
}
