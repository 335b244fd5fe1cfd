import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { type CopyGrid, stridesOf } from './copy-plan.ts';
import { pick } from './pick.ts';

/** A tensor seen as one of another shape whose axes are put in another order, and what shape the result is given. */
interface Rearrangement {
  readonly view: readonly number[];
  readonly permutation: readonly number[];
  readonly shape: number[];
}

function rearrange(runtime: Runtime, copy: CopyGrid, x: tf.TensorInfo, to: Rearrangement): tf.TensorInfo {
  const [strides, permuted] = [stridesOf(to.view), to.permutation.map((axis) => to.view[axis] ?? 1)];
  const steps = to.permutation.map((axis) => strides[axis] ?? 1);
  return { ...pick(runtime, copy, x, permuted, 0, steps), shape: to.shape };
}

/** Channels that become square blocks of pixels. */
export function depthToSpaceKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { blockSize: block, dataFormat } = attrs as unknown as tf.DepthToSpaceAttrs;
    const isLast = dataFormat === 'NHWC';
    const [batch = 1, height = 1, width = 1, depth = 1] = isLast ? x.shape : [0, 2, 3, 1].map((axis) => x.shape[axis]);
    const channels = depth / (block * block);
    const [rows, columns] = [height * block, width * block];
    return rearrange(
      runtime,
      copy,
      x,
      isLast
        ? {
            view: [batch * height, width, block, block * channels],
            permutation: [0, 2, 1, 3],
            shape: [batch, rows, columns, channels],
          }
        : {
            view: [batch, block, block, channels, height, width],
            permutation: [0, 3, 4, 1, 5, 2],
            shape: [batch, channels, rows, columns],
          },
    );
  };
}

/** Batches that become blocks of positions, without what is cropped. */
export function batchToSpaceKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.BatchToSpaceND)(params);
    const { blockShape, crops } = params.attrs as unknown as tf.BatchToSpaceNDAttrs;
    const to = throughBlocks(x.shape, blockShape, true);
    const whole = rearrange(runtime, copy, x, to);
    if (crops.flat().every((count) => count === 0)) return whole;
    const begin = tf.backend_util.getSliceBeginCoords(crops, blockShape.length);
    const size = tf.backend_util.getSliceSize(to.shape, crops, blockShape.length);
    const cropped = runtime.run(tf.Slice, { x: whole }, { begin, size });
    runtime.heap.dispose(whole);
    return cropped;
  };
}

/** Blocks of positions, of what may be padded with zeros, that become batches. */
export function spaceToBatchKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.SpaceToBatchND)(params);
    const { blockShape, paddings } = params.attrs as unknown as tf.SpaceToBatchNDAttrs;
    const none: [number, number] = [0, 0];
    const all = x.shape.map((_, axis) => (paddings[axis - 1] ?? none) as [number, number]);
    const isPadded = all.flat().some((count) => count !== 0);
    const padded = isPadded ? runtime.run(tf.PadV2, { x }, { paddings: all, constantValue: 0 }) : x;
    const result = rearrange(runtime, copy, padded, throughBlocks(padded.shape, blockShape, false));
    if (isPadded) runtime.heap.dispose(padded);
    return result;
  };
}

function throughBlocks(shape: number[], blockShape: number[], isFromBatch: boolean): Rearrangement {
  const block = sizeOf(blockShape);
  const view = tf.backend_util.getReshaped(shape, blockShape, block, isFromBatch);
  return {
    view,
    permutation: tf.backend_util.getPermuted(view.length, blockShape.length, isFromBatch),
    shape: tf.backend_util.getReshapedPermuted(shape, blockShape, block, isFromBatch),
  };
}
