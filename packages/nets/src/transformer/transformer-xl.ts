import { type BuildParameters, type ModuleOptions, required } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import { remember } from './steps.ts';
import { TransformerCore, type TransformerCoreCallOptions } from './transformer-core.ts';
import type { TransformerTowerConfig } from './transformer-tower.ts';

/** Options of {@link TransformerXL}. */
export type TransformerXLOptions = Pick<ModuleOptions, 'name'>;

/**
 * A transformer with a memory: a recurrent core that reads a sequence in chunks, each of which may attend to the latest
 * inputs that its layers had in earlier chunks.
 *
 * Variables: those of an {@link MLP} of one layer, through which inputs go first, and of a {@link TransformerTower}.
 *
 * Sonnet: `snt.nets.TransformerXL`. Dai et al., "Transformer-XL: Attentive Language Models Beyond a Fixed-Length Context"
 * (2019).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { TransformerXL } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new TransformerXL({ valueSize: 4, numHeads: 2, numLayers: 2, mlpHiddenSizes: [16] }, 6, 3);
 * let state = core.initialState(5);
 * for (const chunk of [tf.ones([5, 3, 8]), tf.zeros([5, 3, 8])]) {
 *   const [output, nextState] = core(chunk, state, { isTraining: false });
 *   assert.deepEqual(output.shape, [5, 3, 8]);
 *   state = nextState;
 * }
 * assert.deepEqual(state.map(({ shape }) => shape), [[5, 6, 8], [5, 6, 8]]);
 * ```
 */
export class TransformerXL extends TransformerCore<tf.Tensor, readonly number[], tf.Tensor> {
  static override readonly moduleName: string = 'transformer_xl';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    prevState: required,
    condition: null,
    isTraining: true,
    finalLayerKeyInputs: null,
  };

  readonly #memorySize: number;

  /**
   * @param coreConfig What the tower is made with: `valueSize`, `numHeads`, `numLayers` and the options of
   *   {@link TransformerTower}. Its `dropoutRate` also holds for the first MLP, where the default is 0.
   * @param memorySize How many steps a layer remembers.
   * @param chunkSize How many steps a call gets. Nothing but `outputSize` depends on it.
   * @param options `name`.
   * @throws ValueError when a size is not a positive integer (the memory's may be 0), or the configuration is not valid.
   */
  constructor(
    coreConfig: TransformerTowerConfig,
    memorySize: number,
    chunkSize: number,
    options: TransformerXLOptions = {},
  ) {
    checkSizes('TransformerXL', { chunkSize });
    checkSizes('TransformerXL', { memorySize }, 0);
    super('TransformerXL', coreConfig, chunkSize, { name: options.name ?? TransformerXL.moduleName });
    this.#memorySize = memorySize;
  }

  /**
   * @param inputs float32 [batch, steps, size], or [batch, size] for one step.
   * @param prevState What the previous chunk left, or {@link initialState}: one tensor [batch, memorySize,
   *   numHeads * valueSize] a layer.
   * @param options See {@link TransformerCoreCallOptions}.
   * @returns The output, [batch, steps, outputSize] (without steps where the inputs have none), and the next state.
   * @throws IncompatibleShapeError when the inputs have another rank.
   * @throws ValueError when the state has not one item a layer.
   */
  protected override build(
    inputs: tf.Tensor,
    prevState: readonly tf.Tensor[],
    options: TransformerCoreCallOptions = {},
  ): [output: tf.Tensor, nextState: tf.Tensor[]] {
    this.checkState(prevState);
    const memories = this.#memorySize === 0 ? null : prevState;
    const { outputs, states } = this.applyTower(this.asChunk(inputs), memories, options);
    const nextState = states.map(({ embeddings }, i) => {
      const memory = prevState[i] as tf.Tensor;
      return this.#memorySize === 0 ? tf.clone(memory) : remember(memory, embeddings);
    });
    return [inputs.rank === 2 ? tf.squeeze(outputs, [1]) : outputs, nextState];
  }

  protected override get layerStateSize(): readonly number[] {
    return [this.#memorySize, this.embeddingSize];
  }

  protected override zeros(size: readonly number[], batchSize: number): tf.Tensor {
    return tf.zeros([batchSize, ...size]);
  }
}
