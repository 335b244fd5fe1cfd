import {
  AbstractModule,
  type BuildParameters,
  type ModuleOptions,
  required,
  stopGradient,
  ValueError,
} from '@sonnetjs/core';
import { Conv1D, type Conv1DTranspose } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import type { MemoryCompressorCallOptions } from './memory-compressor.ts';
import { lastOf } from './steps.ts';

/** Options of {@link ConvCompressor}. */
export interface ConvCompressorOptions extends Pick<ModuleOptions, 'name'> {
  /** By how many steps the kernel is longer than the stride, so that compressed steps overlap. Default: 0. */
  readonly kernelSize?: number;
  /**
   * What the compressor learns: `'mha'`, that the layer's attention reads the same from the compressed memory as from the
   * memory itself; or `'ae'`, that the memory can be restored. Default: `'mha'`.
   */
  readonly loss?: 'mha' | 'ae';
}

/**
 * Makes a memory shorter by a convolution, which learns from a loss of its own: no gradient leads from it to the rest of
 * the network.
 *
 * Variable: `conv_1d/w`; with the loss `'ae'` also those of `conv_1d_transpose`.
 *
 * Sonnet: `ConvCompressor` of `snt.nets.transformer`. Rae et al., "Compressive Transformers for Long-Range Sequence
 * Modelling" (2019).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { ConvCompressor, MultiheadAttention } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const attentionModule = new MultiheadAttention(4, 4, 2);
 * const memory = tf.ones([3, 6, 8]);
 * const [, attentionState] = attentionModule(memory);
 * const compressor = new ConvCompressor(2, 6, 6);
 * const [compressed, loss] = compressor(memory, { attentionState, attentionModule, needsLoss: true });
 * assert.deepEqual(compressed.shape, [3, 3, 8]);
 * assert.deepEqual(loss?.shape, []);
 * ```
 */
export class ConvCompressor extends AbstractModule<
  [memory: tf.Tensor, options: MemoryCompressorCallOptions],
  [compressed: tf.Tensor, loss: tf.Tensor | null]
> {
  static override readonly moduleName: string = 'conv_compressor';
  static override readonly buildParameters: BuildParameters = {
    memory: required,
    attentionState: required,
    attentionModule: required,
    needsLoss: required,
  };

  readonly #stride: number;
  readonly #kernelSize: number;
  readonly #loss: 'mha' | 'ae';
  readonly #episodicMemorySize: number;
  #conv: Conv1D | null = null;
  #restore: Conv1DTranspose | null = null;

  /**
   * @param compressionRate How many steps become one.
   * @param compressedMemorySize How many compressed steps are kept.
   * @param episodicMemorySize How many steps are kept before they are compressed.
   * @param options See {@link ConvCompressorOptions}.
   * @throws ValueError when a size is not a positive integer, or the loss is not known.
   */
  constructor(
    compressionRate: number,
    compressedMemorySize: number,
    episodicMemorySize: number,
    options: ConvCompressorOptions = {},
  ) {
    const { kernelSize = 0, loss = 'mha' } = options;
    checkSizes('ConvCompressor', { compressionRate, compressedMemorySize, episodicMemorySize });
    checkSizes('ConvCompressor', { kernelSize }, 0);
    if (loss !== 'mha' && loss !== 'ae') {
      throw new ValueError(`ConvCompressor: loss must be 'mha' or 'ae'; got ${String(loss)}.`);
    }
    super({ name: options.name ?? ConvCompressor.moduleName });
    this.#stride = compressionRate;
    this.#kernelSize = compressionRate + kernelSize;
    this.#loss = loss;
    this.#episodicMemorySize = episodicMemorySize;
  }

  /**
   * @param memory float32 [batch, steps, size].
   * @param options The state and the module of the layer's attention, and whether the loss is needed.
   * @returns The compressed memory, [batch, steps / compressionRate, size], and the loss, [] or null.
   */
  protected override build(
    memory: tf.Tensor,
    options: MemoryCompressorCallOptions,
  ): [compressed: tf.Tensor, loss: tf.Tensor | null] {
    const fixed = stopGradient(memory);
    const conv = (this.isConnected ? this.#conv : null) ?? this.#makeConv(memory.shape[2] as number);
    const compressed = conv(fixed);
    const restore = this.#loss === 'ae' ? ((this.isConnected ? this.#restore : null) ?? conv.transpose()) : null;
    // Connected even where nobody needs the loss: all variables must be there from the first connection on.
    const restored = restore?.(compressed);
    let loss: tf.Tensor | null = null;
    if (options.needsLoss)
      loss = restored ? meanSquare(tf.sub(restored, fixed)) : this.#attentionLoss(fixed, compressed, options);
    this.#conv = conv;
    this.#restore = restore;
    return [compressed, loss];
  }

  #makeConv(size: number): Conv1D {
    return new Conv1D(size, this.#kernelSize, { stride: this.#stride, padding: 'VALID', useBias: false });
  }

  /** How differently the layer's queries read the memory and what it was compressed to. */
  #attentionLoss(memory: tf.Tensor, compressed: tf.Tensor, options: MemoryCompressorCallOptions): tf.Tensor {
    const { attentionModule, attentionState } = options;
    const { queries } = attentionState;
    // Of more steps than the layer remembers, the first queries of the chunk never saw the last ones.
    const skipped = Math.max((memory.shape[1] as number) - this.#episodicMemorySize, 0);
    const asking = stopGradient(lastOf(queries, 2, (queries.shape[2] as number) - skipped));
    const read = (from: tf.Tensor): tf.Tensor => attentionModule.readByContent(asking, from);
    return meanSquare(tf.sub(read(memory), read(compressed)));
  }
}

function meanSquare(x: tf.Tensor): tf.Tensor {
  return tf.mean(tf.square(x));
}
