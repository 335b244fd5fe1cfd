import type { KernelFamily } from '../runtime/runtime.ts';
import { einsumFamily } from './contraction/einsum.ts';
import { matMulFamily } from './contraction/mat-mul.ts';
import { conv2DFamily } from './convolution/conv-2d.ts';
import { conv3DFamily } from './convolution-3d/conv-3d.ts';
import { depthwiseFamily } from './depthwise/depthwise.ts';
import { addNFamily } from './elementwise/add-n.ts';
import { binaryFamily } from './elementwise/binary.ts';
import { castFamily } from './elementwise/cast.ts';
import { parametricFamily } from './elementwise/parametric.ts';
import { truthFamily } from './elementwise/truth.ts';
import { unaryFamily } from './elementwise/unary.ts';
import { imageFamily } from './image/image.ts';
import { indexingFamily } from './indexing/indexing.ts';
import { fillFamily } from './movement/fill.ts';
import { movementFamily } from './movement/movement.ts';
import { batchNormFamily } from './normalization/batch-norm.ts';
import { localResponseFamily } from './normalization/local-response.ts';
import { softmaxFamily } from './normalization/softmax.ts';
import { dilationFamily } from './pooling/dilation.ts';
import { poolingFamily } from './pooling/pooling.ts';
import { randomFamily } from './random/random.ts';
import { argExtremumFamily } from './reduction/arg-extremum.ts';
import { cumulativeFamily } from './reduction/cumulative.ts';
import { reductionFamily } from './reduction/reduction.ts';

/** All kernels of this package. */
export const families: readonly KernelFamily[] = [
  matMulFamily,
  conv2DFamily,
  conv3DFamily,
  depthwiseFamily,
  unaryFamily,
  binaryFamily,
  addNFamily,
  parametricFamily,
  truthFamily,
  castFamily,
  movementFamily,
  fillFamily,
  indexingFamily,
  imageFamily,
  poolingFamily,
  randomFamily,
  dilationFamily,
  localResponseFamily,
  batchNormFamily,
  softmaxFamily,
  einsumFamily,
  reductionFamily,
  cumulativeFamily,
  argExtremumFamily,
];
