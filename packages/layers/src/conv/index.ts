export { CausalConv1D, type CausalConv1DOptions } from './causal-conv-1d.ts';
export { Conv1D, type Conv1DOptions } from './conv-1d.ts';
export { Conv1DTranspose, type Conv1DTransposeOptions } from './conv-1d-transpose.ts';
export { Conv2D, type Conv2DOptions } from './conv-2d.ts';
export { Conv2DTranspose, type Conv2DTransposeOptions } from './conv-2d-transpose.ts';
export { Conv3D, type Conv3DOptions } from './conv-3d.ts';
export { Conv3DTranspose, type Conv3DTransposeOptions } from './conv-3d-transpose.ts';
export type { ConvNDOptions } from './conv-nd.ts';
export type { ConvolutionOptions, PerDimension } from './convolution-base.ts';
export type { ConvVariableOptions, PerConvVariable } from './convolution-module.ts';
export type { ConvolutionTransposeOptions } from './convolution-transpose-base.ts';
export type { DataFormat1D, DataFormat2D, DataFormat3D } from './data-format.ts';
export { DepthwiseConv2D, type DepthwiseConv2DOptions } from './depthwise-conv-2d.ts';
export { InPlaneConv2D, type InPlaneConv2DOptions } from './in-plane-conv-2d.ts';
export { fillShape } from './kernel-shape.ts';
export {
  CAUSAL,
  CONSTANT_PADDING,
  type ConvOpPadding,
  FULL,
  type Padding,
  type PaddingValue,
  REFLECT_PADDING,
  REVERSE_CAUSAL,
  SAME,
  SYMMETRIC_PADDING,
  VALID,
} from './padding.ts';
export { SeparableConv1D, type SeparableConv1DOptions } from './separable-conv-1d.ts';
export { SeparableConv2D, type SeparableConv2DOptions } from './separable-conv-2d.ts';
export type { SeparableConvKey, SeparableConvOptions } from './separable-convolution.ts';
export { defaultTransposeSize } from './transpose-size.ts';
export { createConvWeightInitializer } from './weight-initializer.ts';
