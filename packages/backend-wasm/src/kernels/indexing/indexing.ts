import type * as tf from '@tensorflow/tfjs-core';
import { i32, type ModuleBuilder } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { checkedIndexKernels, emitIndexCheck } from './checked-indices.ts';
import { emitGather, gatherKernel } from './gather.ts';
import { emitSegmentSum, segmentSumKernel } from './segment-sum.ts';

/** Kernels that read or write where indices say. */
export const indexingFamily: KernelFamily = {
  emit(module) {
    emitIndexCheck(module);
    emitGather(module);
    emitSegmentSum(module);
    emitOneHot(module);
  },
  kernels: (runtime) => ({
    ...checkedIndexKernels(runtime),
    GatherV2: gatherKernel(runtime),
    OneHot: oneHotKernel(runtime),
    UnsortedSegmentSum: segmentSumKernel(runtime),
  }),
};

/** Adds `oneHot/4` and `oneHot/1`, which write a value at the index of each row of `depth` elements, if it has one. */
function emitOneHot(module: ModuleBuilder): void {
  const parameters = { indices: 'i32', output: 'i32', rows: 'i32', depth: 'i32', value: 'i32' } as const;
  for (const size of [4, 1] as const) {
    module.function(`oneHot/${size}`, parameters, (f, { indices, output, rows, depth, value }) => {
      const [row, index] = [f.local('i32'), f.local('i32')];
      f.loop(row, { below: rows }, () => {
        f.set(index, i32.load(indices));
        f.if(i32.ltU(index, depth), () => {
          const place = i32.add(output, i32.mul(index, i32.const(size)));
          f.do(size === 4 ? i32.store(place, value) : i32.store8(place, value));
        });
        f.increase(indices, 4);
        f.increase(output, i32.mul(depth, i32.const(size)));
      });
    });
  }
}

function oneHotKernel({ heap, generated }: Runtime): tf.KernelFunc {
  const write = { 4: generated('oneHot/4'), 1: generated('oneHot/1') };
  const clear = generated('clear');
  return ({ inputs, attrs }) => {
    const indices = inputs.indices as tf.TensorInfo;
    const { dtype, depth, onValue, offValue } = attrs as unknown as tf.OneHotAttrs;
    const output = heap.allocate([...indices.shape, depth], dtype);
    const [rows, address] = [sizeOf(indices.shape), heap.address(output)];
    const size = dtype === 'bool' ? 1 : 4;
    if (offValue === 0) clear(address, rows * depth * size);
    else heap.view(output as tf.TensorInfo & { readonly dtype: 'float32' | 'int32' | 'bool' }).fill(offValue);
    write[size](heap.address(indices), address, rows, depth, dtype === 'float32' ? bitsOf(onValue) : onValue);
    return output;
  };
}

/** The bits of a float32 as an integer. */
function bitsOf(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getInt32(0);
}
