import { elementwiseCases } from './elementwise-cases.ts';
import { imageCases } from './image-cases.ts';
import { indexCases } from './index-cases.ts';
import type { KernelCase } from './kernel-case.ts';
import { productCases } from './product-cases.ts';
import { reductionCases } from './reduction-cases.ts';
import { shapeCases } from './shape-cases.ts';

/** All ways in which kernels are timed. */
export const kernelCases: readonly KernelCase[] = [
  ...elementwiseCases,
  ...reductionCases,
  ...shapeCases,
  ...indexCases,
  ...productCases,
  ...imageCases,
];

/** Kernels of tfjs's wasm backend that are not timed, with the reason. */
export const untimedKernels: Readonly<Record<string, string>> = {
  NonMaxSuppressionV3: 'takes the square of the number of boxes, and nobody has four million',
  NonMaxSuppressionV4: 'as NonMaxSuppressionV3',
  NonMaxSuppressionV5: 'as NonMaxSuppressionV3',
  SparseFillEmptyRows: 'tables of strings and of a few indices, for which tfjs converts between memories',
  SparseReshape: 'as SparseFillEmptyRows',
  SparseSegmentMean: 'as SparseFillEmptyRows',
  SparseSegmentSum: 'as SparseFillEmptyRows',
  StringNGrams: 'strings are not in WebAssembly memory',
  StringSplit: 'as StringNGrams',
  StringToHashBucketFast: 'as StringNGrams',
};
