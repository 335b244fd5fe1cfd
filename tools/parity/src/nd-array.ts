import type * as tf from '@tensorflow/tfjs-core';

/** The dtypes of the arrays that the suite compares. */
export type Dtype = Extract<tf.DataType, 'float32' | 'int32' | 'bool'>;

export type Shape = readonly number[];

/** An array on the host, in float64 whatever its dtype: what the references compute with. */
export interface NdArray {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly data: Float64Array;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function ndArray(shape: Shape, data?: ArrayLike<number>, dtype: Dtype = 'float32'): NdArray {
  return { shape, dtype, data: data === undefined ? new Float64Array(sizeOf(shape)) : Float64Array.from(data) };
}

/** How far apart neighbours along each axis are in row-major order. */
function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Where an index lies in the data. */
export function offsetOf(shape: Shape, index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) offset = offset * (shape[axis] as number) + (index[axis] as number);
  return offset;
}

/** Calls a function for every index of a shape in row-major order. The index is one array, reused: copy it to keep it. */
export function forEachIndex(shape: Shape, visit: (index: number[], flat: number) => void): void {
  const size = sizeOf(shape);
  const index = shape.map(() => 0);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
}

/** The shape that shapes broadcast to. */
export function broadcastShape(...shapes: Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** For every element of a shape, where the element lies that broadcasting another shape puts there. */
export function broadcastOffsets(shape: Shape, to: Shape): Int32Array {
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  const lead = to.length - shape.length;
  const offsets = new Int32Array(sizeOf(to));
  forEachIndex(to, (index, flat) => {
    let offset = 0;
    for (let axis = 0; axis < shape.length; axis++)
      offset += (index[lead + axis] as number) * (strides[axis] as number);
    offsets[flat] = offset;
  });
  return offsets;
}

/** Axes as tfjs takes them, counted from the front; all of them where there are none. */
export function axesFromFront(rank: number, axes: number | readonly number[] | undefined): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  return (typeof axes === 'number' ? [axes] : axes).map((axis) => (axis < 0 ? axis + rank : axis));
}
