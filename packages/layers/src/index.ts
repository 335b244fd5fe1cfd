export { AddBias, type AddBiasCallOptions, type AddBiasOptions, type BiasOutputShape } from './add-bias.ts';
export { AttentionOutput, AttentiveRead, type AttentiveReadCallOptions } from './attentive-read.ts';
export { BlockDiagonalMatrix } from './block-matrix/block-diagonal-matrix.ts';
export { BlockTriangularMatrix, type BlockTriangularMatrixOptions } from './block-matrix/block-triangular-matrix.ts';
export { calculateBiasShape } from './calculate-bias-shape.ts';
export { ConcatLinear, type ConcatLinearOptions } from './concat-linear.ts';
export {
  getLagrangeMultiplier,
  type LagrangeMultiplierOptions,
  type MultiplierInitializer,
  type ValidRange,
} from './constraints/lagrange-multiplier.ts';
export {
  type Comparison,
  type ConstraintOptions,
  OptimizationConstraints,
  type OptimizationConstraintsOptions,
} from './constraints/optimization-constraints.ts';
export * from './conv/index.ts';
export { Embed, type EmbedOptions } from './embed.ts';
export { Linear, type LinearOptions, type PerLinearVariable } from './linear.ts';
export { createLinearInitializer } from './linear-initializer.ts';
export { BatchNorm, type BatchNormOptions } from './norm/batch-norm.ts';
export { type BatchNormDataFormat, BatchNormV2, type BatchNormV2Options } from './norm/batch-norm-v2.ts';
export type {
  BatchNormalizationOptions,
  BatchNormCallOptions,
  PerBatchNormParameter,
  PerBatchNormVariable,
} from './norm/batch-normalization.ts';
export { LayerNorm, type LayerNormOptions, type PerLayerNormVariable } from './norm/layer-norm.ts';
export { MovingAverage, type MovingAverageOptions } from './norm/moving-average.ts';
export type { SpectralNormOptions } from './norm/spectral-norm.ts';
export {
  type ModuleClass,
  type SpectralNormCallOptions,
  type SpectralNormClass,
  type SpectralNormWrapper,
  type WrapWithSpectralNormOptions,
  wrapWithSpectralNorm,
} from './norm/wrap-with-spectral-norm.ts';
export { Residual } from './residual.ts';
export { type Layer, Sequential, type SequentialInputs, type SequentialOutput } from './sequential.ts';
export { BatchApply, type BatchApplyOptions } from './shape/batch-apply.ts';
export { BatchFlatten } from './shape/batch-flatten.ts';
export { BatchReshape, type BatchReshapeOptions } from './shape/batch-reshape.ts';
export { FlattenTrailingDimensions } from './shape/flatten-trailing-dimensions.ts';
export { MergeDims } from './shape/merge-dims.ts';
export { type InputIndices, type SelectedInputs, SelectInput } from './shape/select-input.ts';
export { SliceByDim } from './shape/slice-by-dim.ts';
export { TileByDim } from './shape/tile-by-dim.ts';
export { TrainableVariable, type TrainableVariableOptions } from './trainable-variable.ts';
