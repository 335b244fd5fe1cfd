export { type ConstantOptions, type ConstantValue, constant, ones, zeros } from './constant.ts';
export { type IdentityOptions, identity } from './identity.ts';
export type { Initializer, InitializerContext, PartitionInfo } from './initializer.ts';
export { type OrthogonalOptions, orthogonal } from './orthogonal.ts';
export { type RandomNormalOptions, randomNormal, truncatedNormal } from './random-normal.ts';
export { type RandomUniformOptions, randomUniform } from './random-uniform.ts';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  type SeedOption,
  type VarianceScalingDistribution,
  type VarianceScalingMode,
  type VarianceScalingOptions,
  varianceScaling,
} from './variance-scaling.ts';
