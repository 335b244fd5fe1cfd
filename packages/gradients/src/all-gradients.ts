import type * as tf from '@tensorflow/tfjs-core';
import { convolution2D } from './convolution/convolution-2d.ts';
import { convolution3D } from './convolution/convolution-3d.ts';
import { depthwiseConvolution } from './convolution/depthwise-convolution.ts';
import { einsum } from './einsum.ts';
import { activations } from './elementwise/activations.ts';
import { arithmetic } from './elementwise/arithmetic.ts';
import { extrema } from './elementwise/extrema.ts';
import { powersAndLogarithms } from './elementwise/powers-and-logarithms.ts';
import { slopes } from './elementwise/slopes.ts';
import { trigonometry } from './elementwise/trigonometry.ts';
import { cropAndResize } from './image/crop-and-resize.ts';
import { projectiveTransform } from './image/projective-transform.ts';
import { resizings } from './image/resizing.ts';
import { rotation } from './image/rotation.ts';
import { gatherAndScatter } from './indexing/gather-and-scatter.ts';
import { sparse } from './indexing/sparse.ts';
import { matrixProducts } from './matrix-products.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';
import { normalization } from './normalization.ts';
import { piecewiseConstant } from './piecewise-constant.ts';
import { averagePools } from './pooling/average-pool.ts';
import { dilation2D } from './pooling/dilation-2d.ts';
import { maxPools } from './pooling/max-pool.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { blocks } from './shape/blocks.ts';
import { joining } from './shape/joining.ts';
import { reshaping } from './shape/reshaping.ts';
import { slicing } from './shape/slicing.ts';

/** Every gradient of this package, one for each kernel name. */
export const allGradients: readonly tf.GradConfig[] = [
  ...activations,
  ...slopes,
  ...arithmetic,
  ...averagePools,
  ...blocks,
  ...convolution2D,
  ...convolution3D,
  ...cropAndResize,
  ...depthwiseConvolution,
  ...dilation2D,
  ...einsum,
  ...extrema,
  ...gatherAndScatter,
  ...joining,
  ...matrixProducts,
  ...maxPools,
  ...nonMaxSuppression,
  ...normalization,
  ...piecewiseConstant,
  ...powersAndLogarithms,
  ...products,
  ...projectiveTransform,
  ...reductions,
  ...reshaping,
  ...resizings,
  ...rotation,
  ...slicing,
  ...sparse,
  ...trigonometry,
];
