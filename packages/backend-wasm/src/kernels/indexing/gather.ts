import * as tf from '@tensorflow/tfjs-core';
import { i32, type ModuleBuilder } from '../../emitter/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { copyRun } from '../movement/copy-grid.ts';
import { sizeOf } from '../shape.ts';

/** Adds `gather/4` and `gather/1`, which copy rows of `bytes` from [outer, length, bytes] in the order of the indices. */
export function emitGather(module: ModuleBuilder): void {
  const parameters = {
    x: 'i32',
    indices: 'i32',
    output: 'i32',
    outer: 'i32',
    length: 'i32',
    count: 'i32',
    bytes: 'i32',
  } as const;
  for (const size of [4, 1] as const) {
    module.function(`gather/${size}`, parameters, (f, { x, indices, output, outer, length, count, bytes }) => {
      const [i, k, index, row] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      f.loop(i, { below: outer }, () => {
        f.set(index, indices);
        f.loop(k, { below: count }, () => {
          f.set(row, i32.add(x, i32.mul(i32.load(index), bytes)));
          copyRun(f, row, output, bytes, size);
          f.increase(index, 4);
          f.increase(output, bytes);
        });
        f.increase(x, i32.mul(length, bytes));
      });
    });
  }
}

/** Rows of a tensor along an axis in the order of indices. */
export function gatherKernel({ heap, generated }: Runtime): tf.KernelFunc {
  const firstOutside = generated('firstOutside');
  const gather = { 4: generated('gather/4'), 1: generated('gather/1') };
  return ({ inputs, attrs }) => {
    const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
    const { axis, batchDims } = attrs as unknown as tf.GatherV2Attrs;
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const plan = tf.backend_util.segment_util.collectGatherOpShapeInfo(
      x as tf.Tensor,
      indices as tf.Tensor,
      along,
      batchDims ?? 0,
    );
    const { batchSize, outerSize, dimSize, sliceSize } = plan;
    const count = sizeOf(indices.shape) / batchSize;
    const all = sizeOf(indices.shape);
    const bad = firstOutside(heap.address(indices), all, dimSize, 4);
    if (bad < all) {
      const index = heap.integers(heap.address(indices), all)[bad];
      throw new Error(`GatherV2: the index value ${index} is not in [0, ${dimSize - 1}].`);
    }
    const elementBytes = x.dtype === 'bool' ? 1 : 4;
    const bytes = sliceSize * elementBytes;
    const output = heap.allocate(plan.outputShape, x.dtype);
    if (sizeOf(plan.outputShape) === 0) return output;
    for (let batch = 0; batch < batchSize; batch++) {
      gather[elementBytes](
        heap.address(x) + batch * outerSize * dimSize * bytes,
        heap.address(indices) + batch * count * 4,
        heap.address(output) + batch * outerSize * count * bytes,
        ...[outerSize, dimSize, count, bytes],
      );
    }
    return output;
  };
}
