import type { Entry } from '../entry.ts';
import { einsum } from './contractions/einsum.ts';
import { fusedMatMul } from './contractions/fused-mat-mul.ts';
import { matMul } from './contractions/mat-mul.ts';
import { dot, outerProduct } from './contractions/vector-products.ts';
import { forwardEntries } from './convolution/forward.ts';
import { fusedEntries } from './convolution/fused.ts';
import { separableConv2d } from './convolution/separable.ts';
import { transposedEntries } from './convolution/transposed.ts';
import { binaryEntries } from './elementwise/binary.ts';
import { selectingAndAddingEntries } from './elementwise/selecting-and-adding.ts';
import { unaryEntries } from './elementwise/unary.ts';
import { unaryEntriesWithSettings } from './elementwise/unary-with-settings.ts';

import { dilation2d } from './pooling/dilation.ts';
import { normalizationEntries } from './pooling/normalization.ts';
import { poolEntries } from './pooling/pools.ts';
import { productAndExtremumEntries } from './reductions/products-and-extrema.ts';
import { runningEntries } from './reductions/running.ts';
import { sumEntries } from './reductions/sums.ts';

import { blockEntries } from './shape/blocks.ts';
import { gatheringEntries } from './shape/gathering.ts';
import { imageEntries } from './shape/images.ts';
import { joiningEntries } from './shape/joining.ts';
import { paddingEntries } from './shape/padding.ts';
import { rearrangingEntries } from './shape/rearranging.ts';
import { resizeEntries } from './shape/resizing.ts';
import { scatteringEntries } from './shape/scattering.ts';
import { slicingEntries } from './shape/slicing.ts';

/** Every op of the suite. */
export const table: readonly Entry[] = [
  ...unaryEntries,
  ...unaryEntriesWithSettings,
  ...binaryEntries,
  ...selectingAndAddingEntries,
  dot,
  einsum,
  fusedMatMul,
  matMul,
  outerProduct,
  ...sumEntries,
  ...productAndExtremumEntries,
  ...runningEntries,
  ...rearrangingEntries,
  ...slicingEntries,
  ...paddingEntries,
  ...joiningEntries,
  ...blockEntries,
  ...gatheringEntries,
  ...scatteringEntries,
  ...resizeEntries,
  ...imageEntries,
  ...forwardEntries,
  separableConv2d,
  ...fusedEntries,
  ...transposedEntries,
  ...poolEntries,
  dilation2d,
  ...normalizationEntries,
];
