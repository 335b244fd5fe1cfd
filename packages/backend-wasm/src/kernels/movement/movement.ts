import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitCopyGrid } from './copy-grid.ts';
import { type CopyAxis, type CopyGrid, copyGrid, stridesOf } from './copy-plan.ts';

/** Kernels that only put elements elsewhere: each is a copy between tensors with other strides. */
export const movementFamily: KernelFamily = {
  emit: emitCopyGrid,
  kernels: (runtime) => {
    const copy = copyGrid(runtime);
    return {
      Concat: concatKernel(runtime, copy),
      Pack: packKernel(runtime, copy),
      Reverse: reverseKernel(runtime, copy),
      Slice: sliceKernel(runtime, copy),
      SplitV: splitKernel(runtime, copy),
      StridedSlice: stridedSliceKernel(runtime, copy),
      Tile: tileKernel(runtime, copy),
      Transpose: transposeKernel(runtime, copy),
      Unpack: unpackKernel(runtime, copy),
    };
  },
};

function bytesOf({ dtype }: tf.TensorInfo): number {
  return dtype === 'bool' ? 1 : 4;
}

/** The axes of a copy between tensors with these strides. */
function axesOf(shape: readonly number[], source: readonly number[], target: readonly number[]): CopyAxis[] {
  return shape.map((length, axis) => ({ length, source: source[axis] ?? 0, target: target[axis] ?? 0 }));
}

/** A new tensor from elements of x: those from `offset` on, `strides` apart, as a tensor of the shape. */
function pick(
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

function sliceKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.Slice)(params);
    const { begin, size } = params.attrs as unknown as { begin: number | number[]; size: number | number[] };
    const [from, lengths] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x as tf.Tensor, from, lengths);
    const strides = stridesOf(x.shape);
    return pick(runtime, copy, x, lengths, offsetOf(from, strides), strides);
  };
}

function offsetOf(position: readonly number[], strides: readonly number[]): number {
  return position.reduce((offset, index, axis) => offset + index * (strides[axis] ?? 0), 0);
}

function stridedSliceKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.StridedSlice)(params);
    const a = params.attrs as unknown as tf.StridedSliceAttrs;
    const plan = tf.slice_util.sliceInfo(
      x.shape,
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    const strides = stridesOf(x.shape);
    const steps = strides.map((stride, axis) => stride * (plan.strides[axis] ?? 1));
    const dense = tf.slice_util.computeOutShape(plan.begin, plan.end, plan.strides).map((n) => Math.max(n, 0));
    const output = pick(runtime, copy, x, dense, offsetOf(plan.begin, strides), steps);
    return { ...output, shape: plan.finalShape };
  };
}

function splitKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { numOrSizeSplits, axis } = attrs as unknown as tf.SplitVAttrs;
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const sizes = resolveSizes(numOrSizeSplits, x.shape[along] ?? 1);
    const strides = stridesOf(x.shape);
    let start = 0;
    return sizes.map((length) => {
      const piece = pick(runtime, copy, x, x.shape.with(along, length), start * (strides[along] ?? 1), strides);
      start += length;
      return piece;
    });
  };
}

/** The sizes of the pieces of an axis: so many equal ones, or those given, of which one may be -1 for what is left. */
function resolveSizes(numOrSizes: number | readonly number[], length: number): readonly number[] {
  if (typeof numOrSizes === 'number') {
    tf.util.assert(length % numOrSizes === 0, () => 'Number of splits must evenly divide the axis.');
    return new Array<number>(numOrSizes).fill(length / numOrSizes);
  }
  const known = numOrSizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const open = numOrSizes.filter((size) => size === -1).length;
  tf.util.assert(open <= 1, () => 'There should be only one negative value in split array.');
  tf.util.assert(
    open === 1 ? known <= length : known === length,
    () => 'The sum of sizes must match the size of the axis dimension.',
  );
  return numOrSizes.map((size) => (size === -1 ? length - known : size));
}

function unpackKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const value = inputs.value as tf.TensorInfo;
    const { axis } = attrs as unknown as tf.UnpackAttrs;
    const along = axis < 0 ? axis + value.shape.length : axis;
    const strides = stridesOf(value.shape);
    const shape = value.shape.toSpliced(along, 1);
    const pieceStrides = strides.toSpliced(along, 1);
    return Array.from({ length: value.shape[along] ?? 0 }, (_, index) =>
      pick(runtime, copy, value, shape, index * (strides[along] ?? 1), pieceStrides),
    );
  };
}

function transposeKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { perm } = attrs as unknown as tf.TransposeAttrs;
    const strides = stridesOf(x.shape);
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    return pick(
      runtime,
      copy,
      x,
      shape,
      0,
      perm.map((axis) => strides[axis] ?? 1),
    );
  };
}

function reverseKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { dims } = attrs as unknown as tf.ReverseAttrs;
    const reversed = new Set(tf.util.parseAxisParam(dims, x.shape));
    const strides = stridesOf(x.shape);
    const last = x.shape.map((length, axis) => (reversed.has(axis) ? length - 1 : 0));
    const steps = strides.map((stride, axis) => (reversed.has(axis) ? -stride : stride));
    return pick(runtime, copy, x, x.shape, offsetOf(last, strides), steps);
  };
}

function tileKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.Tile)(params);
    const { heap } = runtime;
    const { reps } = params.attrs as unknown as tf.TileAttrs;
    const shape = x.shape.map((length, axis) => length * (reps[axis] ?? 1));
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const output = heap.allocate(shape, x.dtype);
    const axes = x.shape.flatMap((length, axis) => [
      { length: reps[axis] ?? 1, source: 0, target: length * (to[axis] ?? 1) },
      { length, source: from[axis] ?? 1, target: to[axis] ?? 1 },
    ]);
    copy(heap.address(x), heap.address(output), axes, bytesOf(x));
    return output;
  };
}

/** Puts tensors into a larger one, each beginning at a place along an axis. */
function place(
  { heap }: Runtime,
  copy: CopyGrid,
  pieces: readonly { readonly tensor: tf.TensorInfo; readonly shape: readonly number[] }[],
  along: number,
  shape: number[],
  dtype: tf.DataType,
): tf.TensorInfo {
  const output = heap.allocate(shape, dtype);
  const to = stridesOf(shape);
  const bytes = bytesOf(output);
  let address = heap.address(output);
  for (const { tensor, shape: pieceShape } of pieces) {
    copy(heap.address(tensor), address, axesOf(pieceShape, stridesOf(pieceShape), to), bytes);
    address += (pieceShape[along] ?? 0) * (to[along] ?? 1) * bytes;
  }
  return output;
}

function concatKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const all = Object.values(params.inputs) as tf.TensorInfo[];
    const { axis } = params.attrs as unknown as tf.ConcatAttrs;
    const [first] = all;
    if (first === undefined || all.some(({ dtype }) => dtype !== first.dtype || dtype === 'string')) {
      return runtime.stock(tf.Concat)(params);
    }
    const [along = 0] = tf.util.parseAxisParam(axis, first.shape);
    tf.backend_util.assertParamsConsistent(
      all.map(({ shape }) => shape),
      along,
    );
    const shape = tf.backend_util.computeOutShape(
      all.map((tensor) => tensor.shape),
      along,
    );
    const filled = all.filter((tensor) => sizeOf(tensor.shape) > 0);
    const [only] = filled;
    if (only !== undefined && filled.length === 1) return runtime.heap.alias(only, shape);
    return place(
      runtime,
      copy,
      filled.map((tensor) => ({ tensor, shape: tensor.shape })),
      along,
      shape,
      first.dtype,
    );
  };
}

function packKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const all = Object.values(params.inputs) as tf.TensorInfo[];
    const { axis } = params.attrs as unknown as tf.PackAttrs;
    const [first] = all;
    if (first === undefined || all.some(({ dtype }) => dtype !== first.dtype || dtype === 'string')) {
      return runtime.stock(tf.Pack)(params);
    }
    for (const { shape } of all) {
      tf.util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes');
    }
    const along = axis < 0 ? axis + first.shape.length + 1 : axis;
    const pieceShape = first.shape.toSpliced(along, 0, 1);
    const shape = first.shape.toSpliced(along, 0, all.length);
    return place(
      runtime,
      copy,
      all.map((tensor) => ({ tensor, shape: pieceShape })),
      along,
      shape,
      first.dtype,
    );
  };
}
