import { AbstractModule, type BuildParameters, type ModuleOptions, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import type { MemoryCompressorCallOptions } from './memory-compressor.ts';

/** Options of {@link PoolCompressor}. */
export interface PoolCompressorOptions extends Pick<ModuleOptions, 'name'> {
  /** By how many steps the window is longer than the stride, so that compressed steps overlap. Default: 0. */
  readonly kernelSize?: number;
  /** Whether steps become their mean or their maximum. Default: `'AVG'`. */
  readonly pooling?: 'AVG' | 'MAX';
}

/**
 * Makes a memory shorter by pooling: it has no variables, and nothing to learn.
 *
 * Sonnet: `PoolCompressor` of `snt.nets.transformer`. Rae et al., "Compressive Transformers for Long-Range Sequence
 * Modelling" (2019).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { PoolCompressor } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const compressor = new PoolCompressor(2, 4, 4);
 * const [compressed] = compressor(tf.tensor3d([[[1], [3], [5], [9]]]));
 * assert.deepEqual([...compressed.dataSync()], [2, 7]);
 * ```
 */
export class PoolCompressor extends AbstractModule<
  [memory: tf.Tensor, options?: MemoryCompressorCallOptions],
  [compressed: tf.Tensor, loss: null]
> {
  static override readonly moduleName: string = 'pool_compressor';
  static override readonly buildParameters: BuildParameters = { memory: required };

  readonly #stride: number;
  readonly #windowSize: number;
  readonly #pooling: 'AVG' | 'MAX';

  /**
   * @param compressionRate How many steps become one.
   * @param compressedMemorySize How many compressed steps are kept; it changes nothing here.
   * @param episodicMemorySize How many steps are kept before they are compressed; it changes nothing here.
   * @param options See {@link PoolCompressorOptions}.
   * @throws ValueError when a size is not a positive integer, or the pooling is not known.
   */
  constructor(
    compressionRate: number,
    compressedMemorySize: number,
    episodicMemorySize: number,
    options: PoolCompressorOptions = {},
  ) {
    const { kernelSize = 0, pooling = 'AVG' } = options;
    checkSizes('PoolCompressor', { compressionRate, compressedMemorySize, episodicMemorySize });
    checkSizes('PoolCompressor', { kernelSize }, 0);
    if (pooling !== 'AVG' && pooling !== 'MAX') {
      throw new ValueError(`PoolCompressor: pooling must be 'AVG' or 'MAX'; got ${String(pooling)}.`);
    }
    super({ name: options.name ?? PoolCompressor.moduleName });
    this.#stride = compressionRate;
    this.#windowSize = compressionRate + kernelSize;
    this.#pooling = pooling;
  }

  /**
   * @param memory float32 [batch, steps, size].
   * @returns The compressed memory, [batch, steps / compressionRate, size], and null: there is no loss.
   */
  protected override build(memory: tf.Tensor): [compressed: tf.Tensor, loss: null] {
    const pool = this.#pooling === 'AVG' ? tf.avgPool : tf.maxPool;
    const image = tf.expandDims(memory, 2) as tf.Tensor4D;
    return [tf.squeeze(pool(image, [this.#windowSize, 1], [this.#stride, 1], 'valid'), [2]), null];
  }
}
