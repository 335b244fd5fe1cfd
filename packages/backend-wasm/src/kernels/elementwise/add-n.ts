import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

/** The sum of tensors of one shape, by the kernel that adds two. */
export const addNFamily: KernelFamily = {
  emit() {},
  kernels: (runtime) => ({ AddN: addNKernel(runtime) }),
};

function addNKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const add = generated('Add/float32');
  return (params) => {
    const tensors = Object.values(params.inputs) as tf.TensorInfo[];
    const [first, second, ...others] = tensors;
    const areFloats = tensors.every(({ dtype }) => dtype === 'float32');
    if (first === undefined || second === undefined || !areFloats) return stock(tf.AddN)(params);
    const output = heap.allocate(first.shape, 'float32');
    const [sum, count] = [heap.address(output), sizeOf(first.shape)];
    add(heap.address(first), heap.address(second), sum, 1, count, 0, 0, 1, 1);
    for (const other of others) add(sum, heap.address(other), sum, 1, count, 0, 0, 1, 1);
    return output;
  };
}
