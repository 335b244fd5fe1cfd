export {
  AlexNet,
  type AlexNetCallOptions,
  type AlexNetMode,
  type AlexNetOptions,
  type AlexNetVariantOptions,
} from './alex-net/alex-net.ts';
export { AlexNetFull } from './alex-net/alex-net-full.ts';
export { AlexNetMini } from './alex-net/alex-net-mini.ts';
export { ConvNet2D, type ConvNet2DOptions } from './conv-net-2d/conv-net-2d.ts';
export { ConvNet2DTranspose, type ConvNet2DTransposeOptions } from './conv-net-2d/conv-net-2d-transpose.ts';
export type { ConvNetCallOptions, ConvNetTransposeOptions } from './conv-net-2d/conv-net-base.ts';
export type { ConvNetOptions } from './conv-net-2d/conv-net-settings.ts';
export type { NormalizationConstructor, NormalizationOptions } from './conv-net-2d/normalization.ts';
export { Dilation, type DilationModelSize, type DilationOptions } from './dilation/dilation.ts';
export {
  identityKernelInitializer,
  type NoisyIdentityKernelOptions,
  noisyIdentityKernelInitializer,
} from './dilation/identity-kernels.ts';
export { MLP, type MLPCallOptions, type MLPOptions } from './mlp.ts';
export { futureMask } from './transformer/causal-mask.ts';
export {
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
export {
  AttentionState,
  type CompressedMemorySize,
  CompressedMemoryState,
  type LayerMemory,
} from './transformer/states.ts';
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
