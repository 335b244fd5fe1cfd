import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { batchToSpaceKernel, depthToSpaceKernel, spaceToBatchKernel } from './blocks.ts';
import { emitCopyGrid } from './copy-grid.ts';
import { type CopyDenseRows, type CopyGrid, copyGrid, copyRows, stridesOf } from './copy-plan.ts';
import { bytesOf, pick } from './pick.ts';

/** Kernels that only put elements elsewhere: each is a copy between tensors with other strides. */
export const movementFamily: KernelFamily = {
  emit: emitCopyGrid,
  kernels: (runtime) => {
    const [copy, rows] = [copyGrid(runtime), copyRows(runtime)];
    return {
      // Tensors do not change, so that a copy may be the same data.
      Identity: ({ inputs: { x } }) => runtime.heap.alias(x as tf.TensorInfo, (x as tf.TensorInfo).shape),
      BatchToSpaceND: batchToSpaceKernel(runtime, copy),
      Concat: concatKernel(runtime, rows),
      DepthToSpace: depthToSpaceKernel(runtime, copy),
      Pack: packKernel(runtime, rows),
      Reverse: reverseKernel(runtime, copy),
      Slice: sliceKernel(runtime, copy),
      SpaceToBatchND: spaceToBatchKernel(runtime, copy),
      SplitV: splitKernel(runtime, rows),
      StridedSlice: stridedSliceKernel(runtime, copy),
      Tile: tileKernel(runtime, copy),
      Transpose: transposeKernel(runtime, copy),
      Unpack: unpackKernel(runtime, rows),
    };
  },
};

function sliceKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.Slice)(params);
    const { begin, size } = params.attrs as unknown as { begin: number | number[]; size: number | number[] };
    const [from, lengths] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x as tf.Tensor, from, lengths);
    tf.util.assert(
      from.every((start) => start >= 0),
      () => `Slice: begin must not be negative, but is [${from.join(', ')}].`,
    );
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

function splitKernel(runtime: Runtime, copy: CopyDenseRows): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype === 'string') return runtime.stock(tf.SplitV)(params);
    const { numOrSizeSplits, axis } = params.attrs as unknown as tf.SplitVAttrs;
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const sizes = resolveSizes(numOrSizeSplits, x.shape[along] ?? 1);
    return takeApart(runtime, copy, x, along, sizes, (length) => x.shape.with(along, length));
  };
}

/** New tensors from pieces of an axis, which have these lengths. */
function takeApart(
  { heap }: Runtime,
  copy: CopyDenseRows,
  x: tf.TensorInfo,
  along: number,
  lengths: readonly number[],
  shapeOf: (length: number) => number[],
): tf.TensorInfo[] {
  const bytes = bytesOf(x);
  const rows = sizeOf(x.shape.slice(0, along));
  const inner = sizeOf(x.shape.slice(along + 1));
  const source = inner * (x.shape[along] ?? 1);
  let start = 0;
  return lengths.map((count) => {
    const piece = heap.allocate(shapeOf(count), x.dtype);
    const length = count * inner;
    copy(heap.address(x) + start * bytes, heap.address(piece), { rows, length, source, target: length }, bytes);
    start += length;
    return piece;
  });
}

/** The sizes of the pieces of an axis: so many equal ones, or those given, of which one may be -1 for what is left. */
function resolveSizes(numOrSizes: number | readonly number[], length: number): readonly number[] {
  if (typeof numOrSizes === 'number') {
    tf.util.assert(length % numOrSizes === 0, () => 'Number of splits must evenly divide the axis.');
    return new Array<number>(numOrSizes).fill(length / numOrSizes);
  }
  const known = numOrSizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const open = numOrSizes.filter((size) => size === -1).length;
  tf.util.assert(
    open <= 1 && numOrSizes.every((size) => size >= -1),
    () => 'There should be only one negative value in split array, -1.',
  );
  tf.util.assert(
    open === 1 ? known <= length : known === length,
    () => 'The sum of sizes must match the size of the axis dimension.',
  );
  return numOrSizes.map((size) => (size === -1 ? length - known : size));
}

function unpackKernel(runtime: Runtime, copy: CopyDenseRows): tf.KernelFunc {
  return (params) => {
    const value = params.inputs.value as tf.TensorInfo;
    if (value.dtype === 'string') return runtime.stock(tf.Unpack)(params);
    const { axis } = params.attrs as unknown as tf.UnpackAttrs;
    const along = axis < 0 ? axis + value.shape.length : axis;
    const shape = value.shape.filter((_, i) => i !== along);
    const ones = new Array<number>(value.shape[along] ?? 0).fill(1);
    return takeApart(runtime, copy, value, along, ones, () => shape);
  };
}

function transposeKernel(runtime: Runtime, copy: CopyGrid): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { perm } = attrs as unknown as tf.TransposeAttrs;
    tf.util.assert(
      perm.length === x.shape.length && new Set(perm).size === perm.length,
      () => `Transpose: perm must name each of ${x.shape.length} axes once, but is [${perm.join(', ')}].`,
    );
    const strides = stridesOf(x.shape);
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    const long = perm.filter((axis) => x.shape[axis] !== 1);
    // Where only axes of length 1 change places, the elements do not.
    if (long.every((axis, i) => i === 0 || axis > (long[i - 1] ?? 0))) return runtime.heap.alias(x, shape);
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
    tf.util.assert(
      reps.every((count) => count >= 0),
      () => `Tile: reps must not be negative, but are [${reps.join(', ')}].`,
    );
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
  copy: CopyDenseRows,
  pieces: readonly { readonly tensor: tf.TensorInfo; readonly length: number }[],
  along: number,
  shape: number[],
  dtype: tf.DataType,
): tf.TensorInfo {
  const output = heap.allocate(shape, dtype);
  const bytes = bytesOf(output);
  const rows = sizeOf(shape.slice(0, along));
  const inner = sizeOf(shape.slice(along + 1));
  const target = inner * (shape[along] ?? 1);
  let address = heap.address(output);
  for (const piece of pieces) {
    const length = piece.length * inner;
    copy(heap.address(piece.tensor), address, { rows, length, source: length, target }, bytes);
    address += length * bytes;
  }
  return output;
}

function concatKernel(runtime: Runtime, copy: CopyDenseRows): tf.KernelFunc {
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
      filled.map((tensor) => ({ tensor, length: tensor.shape[along] ?? 1 })),
      along,
      shape,
      first.dtype,
    );
  };
}

function packKernel(runtime: Runtime, copy: CopyDenseRows): tf.KernelFunc {
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
    const shape = first.shape.toSpliced(along, 0, all.length);
    return place(
      runtime,
      copy,
      all.map((tensor) => ({ tensor, length: 1 })),
      along,
      shape,
      first.dtype,
    );
  };
}
