export { MLP, type MLPCallOptions, type MLPOptions } from './mlp.ts';
export { futureMask } from './transformer/causal-mask.ts';
export {
  type CompressedMemorySize,
  type CompressionStats,
  CompressiveTransformer,
  type CompressiveTransformerOptions,
  type CompressiveTransformerOutput,
} from './transformer/compressive-transformer.ts';
export { ConvCompressor, type ConvCompressorOptions } from './transformer/conv-compressor.ts';
export type {
  MemoryCompressor,
  MemoryCompressorCallOptions,
  MemoryCompressorClass,
} from './transformer/memory-compressor.ts';
export {
  MultiheadAttention,
  type MultiheadAttentionCallOptions,
  type MultiheadAttentionOptions,
} from './transformer/multihead-attention.ts';
export { PoolCompressor, type PoolCompressorOptions } from './transformer/pool-compressor.ts';
export type { LayerNormPlace } from './transformer/residual-dropout-wrapper.ts';
export { AttentionState, CompressedMemoryState, type LayerMemory } from './transformer/states.ts';
export type { TransformerCoreCallOptions } from './transformer/transformer-core.ts';
export {
  TransformerTower,
  type TransformerTowerCallOptions,
  type TransformerTowerConfig,
  type TransformerTowerOptions,
} from './transformer/transformer-tower.ts';
export { TransformerXL, type TransformerXLOptions } from './transformer/transformer-xl.ts';
export type { VectorQuantizerCallOptions, VectorQuantizerOutput } from './vector-quantizer/quantization.ts';
export { VectorQuantizer, type VectorQuantizerOptions } from './vector-quantizer/vector-quantizer.ts';
export { VectorQuantizerEMA, type VectorQuantizerEMAOptions } from './vector-quantizer/vector-quantizer-ema.ts';
