import type * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../../runtime/runtime.ts';
import { type CopyAxis, type CopyGrid, stridesOf } from './copy-plan.ts';

/** How many bytes an element has. */
export function bytesOf({ dtype }: tf.TensorInfo): number {
  return dtype === 'bool' ? 1 : 4;
}

/** The axes of a copy between tensors with these strides. */
function axesOf(shape: readonly number[], source: readonly number[], target: readonly number[]): CopyAxis[] {
  return shape.map((length, axis) => ({ length, source: source[axis] ?? 0, target: target[axis] ?? 0 }));
}

/** A new tensor from elements of x: those from `offset` on, `strides` apart, as a tensor of the shape. */
export function pick(
  { heap }: Runtime,
  copy: CopyGrid,
  x: tf.TensorInfo,
  shape: number[],
  offset: number,
  strides: readonly number[],
): tf.TensorInfo {
  const output = heap.allocate(shape, x.dtype);
  const bytes = bytesOf(x);
  copy(heap.address(x) + offset * bytes, heap.address(output), axesOf(shape, strides, stridesOf(shape)), bytes);
  return output;
}
