import * as tf from '@tensorflow/tfjs-core';
import { v128 } from '../../emitter/index.ts';
import type { Heap } from '../../runtime/heap.ts';
import type { GeneratedFunction, KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { forVectors } from '../elementwise/map.ts';
import { sizeOf } from '../shape.ts';

/** Tensors of one number everywhere. */
export const fillFamily: KernelFamily = {
  emit(module) {
    module.function('spread', { address: 'i32', count: 'i32' }, (f, { address, count }) => {
      const first = f.local('v128', v128.load32Splat(address));
      forVectors(f, { count, pointers: [address], vectors: 8 }, (_, store) => store(address, first));
    });
  },
  kernels: (runtime) => ({ Fill: fillKernel(runtime), OnesLike: onesLikeKernel(runtime) }),
};

/** The dtypes with elements of 32 bits. */
type Word = 'float32' | 'int32';

function isWord(dtype: tf.DataType): dtype is Word {
  return dtype === 'float32' || dtype === 'int32';
}

/** A tensor whose first element is written by JavaScript, which knows how to convert the number, and spread from there. */
function filled(heap: Heap, spread: GeneratedFunction, shape: number[], dtype: Word, value: number): tf.TensorInfo {
  const output = { ...heap.allocate(shape, dtype), dtype };
  const count = sizeOf(shape);
  if (count === 0) return output;
  heap.view(output)[0] = value;
  spread(heap.address(output), count);
  return output;
}

function fillKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const spread = generated('spread');
  return (params) => {
    const { shape, value, dtype } = params.attrs as unknown as tf.FillAttrs;
    const type = dtype ?? tf.util.inferDtype(value);
    if (typeof value !== 'number' || !isWord(type)) return stock(tf.Fill)(params);
    return filled(heap, spread, shape, type, value);
  };
}

function onesLikeKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const spread = generated('spread');
  return (params) => {
    const { shape, dtype } = params.inputs.x as tf.TensorInfo;
    return isWord(dtype) ? filled(heap, spread, shape, dtype, 1) : stock(tf.OnesLike)(params);
  };
}
