import type * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitGather, gatherKernel } from './gather.ts';
import { emitSegmentSum, segmentSumKernel } from './segment-sum.ts';

/** Kernels that read or write where indices say. */
export const indexingFamily: KernelFamily = {
  emit(module) {
    emitGather(module);
    emitSegmentSum(module);
  },
  kernels: (runtime) => ({
    GatherV2: gatherKernel(runtime),
    OneHot: oneHotKernel(runtime),
    UnsortedSegmentSum: segmentSumKernel(runtime),
  }),
};

function oneHotKernel({ heap }: Runtime): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const indices = inputs.indices as tf.TensorInfo;
    const { dtype, depth, onValue, offValue } = attrs as unknown as tf.OneHotAttrs;
    const output = heap.allocate([...indices.shape, depth], dtype);
    const values = heap.view(output as tf.TensorInfo & { readonly dtype: 'float32' | 'int32' | 'bool' });
    values.fill(offValue);
    heap.integers(heap.address(indices), sizeOf(indices.shape)).forEach((index, row) => {
      if (index >= 0 && index < depth) values[row * depth + index] = onValue;
    });
    return output;
  };
}
