import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitReductions } from './emit-reduction.ts';
import { reducers } from './reducers.ts';

/** Sums, products, extrema and means over any axes; and whether all or any truth values are true. */
export const reductionFamily: KernelFamily = {
  emit: emitReductions,
  kernels: (runtime) => ({
    All: truthKernel(runtime, tf.All),
    Any: truthKernel(runtime, tf.Any),
    Max: reductionKernel(runtime, tf.Max),
    Mean: meanKernel(runtime),
    Min: reductionKernel(runtime, tf.Min),
    Prod: reductionKernel(runtime, tf.Prod),
    Sum: reductionKernel(runtime, tf.Sum),
  }),
};

/** The attributes of the kernels: `Max` calls the axes by another name. */
interface ReductionAttrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

function attributes({ attrs }: { readonly attrs?: tf.NamedAttrMap }): ReductionAttrs {
  return attrs as unknown as ReductionAttrs;
}

function reductionKernel(runtime: Runtime, name: string): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (reducers[`${name}/${x.dtype}`] === undefined) return runtime.stock(name)(params);
    return reduce(runtime, `${name}/${x.dtype}`, x, attributes(params));
  };
}

/** Runs a function on the tensor as another dtype, which is freed afterwards. */
function withCast<T>(
  { heap, stock }: Runtime,
  x: tf.TensorInfo,
  dtype: tf.DataType,
  backend: object,
  use: (cast: tf.TensorInfo) => T,
): T {
  const cast = stock(tf.Cast)({ inputs: { x }, backend, attrs: { dtype } }) as tf.TensorInfo;
  try {
    return use(cast);
  } finally {
    heap.dispose(cast);
  }
}

function meanKernel(runtime: Runtime): tf.KernelFunc {
  const { heap, stock } = runtime;
  return (params) => {
    const { backend } = params;
    return withCast(runtime, params.inputs.x as tf.TensorInfo, 'float32', backend, (x) => {
      const sum = reduce(runtime, 'Sum/float32', x, attributes(params));
      const factor = heap.allocate([], 'float32');
      heap.view(factor as tf.TensorInfo & { readonly dtype: 'float32' })[0] = sizeOf(sum.shape) / sizeOf(x.shape);
      const mean = stock(tf.Multiply)({ inputs: { a: sum, b: factor }, backend, attrs: {} });
      heap.dispose(factor);
      heap.dispose(sum);
      return mean;
    });
  };
}

function truthKernel(runtime: Runtime, name: string): tf.KernelFunc {
  const { heap, generated } = runtime;
  return (params) => {
    const { backend } = params;
    return withCast(runtime, params.inputs.x as tf.TensorInfo, 'int32', backend, (x) => {
      const found = reduce(runtime, `${name}/int32`, x, attributes(params));
      const truths = heap.allocate(found.shape, 'bool');
      generated('Cast/int32/bool')(heap.address(found), heap.address(truths), sizeOf(found.shape));
      heap.dispose(found);
      return truths;
    });
  };
}

/** Reduces a tensor over axes, one group of neighbouring axes after the other, the innermost first. */
function reduce(runtime: Runtime, name: string, x: tf.TensorInfo, attrs: ReductionAttrs): tf.TensorInfo {
  const { heap } = runtime;
  const run = runtime.generated(name);
  const { keepDims } = attrs;
  const axes = new Set(parseAxes(attrs.axis ?? attrs.reductionIndices, x.shape));
  const finalShape = keepDims
    ? x.shape.map((length, i) => (axes.has(i) ? 1 : length))
    : x.shape.filter((_, i) => !axes.has(i));
  let current = heap.alias(x, x.shape);
  for (const { outer, reduced, inner } of groupsOf(x.shape, axes)) {
    const next = heap.allocate([outer, inner], x.dtype);
    run(heap.address(current), heap.address(next), outer, reduced, inner);
    heap.dispose(current);
    current = next;
  }
  return { dataId: current.dataId, shape: finalShape, dtype: x.dtype };
}

/** The axes to reduce: all of them where none are named. */
function parseAxes(axes: number | number[] | null | undefined, shape: readonly number[]): readonly number[] {
  return axes === undefined || axes === null ? [...shape.keys()] : tf.util.parseAxisParam(axes, [...shape]);
}

/** The steps of a reduction: each [outer, reduced, inner] after those before it. */
function groupsOf(
  shape: readonly number[],
  axes: ReadonlySet<number>,
): { outer: number; reduced: number; inner: number }[] {
  const groups: { outer: number; reduced: number; inner: number }[] = [];
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (!axes.has(axis)) {
      inner *= shape[axis] ?? 1;
      continue;
    }
    let reduced = shape[axis] ?? 1;
    while (axis > 0 && axes.has(axis - 1)) {
      axis--;
      reduced *= shape[axis] ?? 1;
    }
    groups.push({ outer: sizeOf(shape.slice(0, axis)), reduced, inner });
  }
  return groups;
}
