import type { AbstractModule, ModuleOptions } from '@sonnetjs/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { MultiheadAttention } from './multihead-attention.ts';
import type { AttentionState } from './states.ts';

/** What a compressor may use besides the memory. */
export interface MemoryCompressorCallOptions {
  /** What happened in the layer. */
  readonly attentionState: AttentionState;
  /** The attention of the layer. */
  readonly attentionModule: MultiheadAttention;
  /** Whether the loss is wanted. */
  readonly needsLoss: boolean;
}

/** A module that makes a memory shorter; {@link ConvCompressor} and {@link PoolCompressor} are two. */
export type MemoryCompressor = AbstractModule<
  [memory: Tensor, options: MemoryCompressorCallOptions],
  [compressed: Tensor, loss: Tensor | null]
>;

/** A class of compressors: what a {@link CompressiveTransformer} makes one of for each layer. */
export type MemoryCompressorClass<Options extends object = Pick<ModuleOptions, 'name'>> = new (
  compressionRate: number,
  compressedMemorySize: number,
  episodicMemorySize: number,
  options?: Options,
) => MemoryCompressor;
