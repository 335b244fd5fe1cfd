export { AffineGridWarper, type AffineGridWarperOptions } from './affine-grid-warper.ts';
export {
  type AffineConstraint,
  type AffineConstraintMatrix,
  AffineWarpConstraints,
  type AffineWarpConstraintsOptions,
  type PlaneConstraints,
  type SpaceConstraints,
} from './affine-warp-constraints.ts';
export { type GridFeature, GridWarper } from './grid-warper.ts';
export { resampler } from './resampler.ts';
