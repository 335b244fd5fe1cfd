import * as tf from '@tensorflow/tfjs-core';
import type { GeneratedFunction, KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitDivision, emitReductions } from './emit-reduction.ts';
import { emitTruthReductions } from './emit-truth-reduction.ts';
import { scratchBytes } from './strips.ts';

/** Sums, products, extrema and means over any axes; and whether all or any truth values are true. */
export const reductionFamily: KernelFamily = {
  emit(module) {
    emitReductions(module);
    emitTruthReductions(module);
    emitDivision(module);
  },
  kernels: (runtime) => {
    const scratch = runtime.heap.reserve(scratchBytes);
    return {
      All: truthKernel(runtime, tf.All),
      Any: truthKernel(runtime, tf.Any),
      Max: reductionKernel(runtime, tf.Max, scratch),
      Mean: meanKernel(runtime, scratch),
      Min: reductionKernel(runtime, tf.Min, scratch),
      Prod: reductionKernel(runtime, tf.Prod, scratch),
      Sum: reductionKernel(runtime, tf.Sum, scratch),
    };
  },
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

function reductionKernel(runtime: Runtime, name: string, scratch: number): tf.KernelFunc {
  const run = { float32: runtime.generated(`${name}/float32`), int32: runtime.generated(`${name}/int32`) };
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return runtime.stock(name)(params);
    return reduce(runtime, { run: run[x.dtype], scratch }, x, attributes(params));
  };
}

/** Over truth values; other dtypes are made truth values by tfjs-core before. */
function truthKernel(runtime: Runtime, name: string): tf.KernelFunc {
  const run = runtime.generated(`${name}/bool`);
  return (params) => reduce(runtime, { run, scratch: 0 }, params.inputs.x as tf.TensorInfo, attributes(params));
}

function meanKernel(runtime: Runtime, scratch: number): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [sum, divide] = [generated('Sum/float32'), generated('divide')];
  return (params) => {
    const input = params.inputs.x as tf.TensorInfo;
    const x = input.dtype === 'float32' ? input : runtime.run(tf.Cast, { x: input }, { dtype: 'float32' });
    const mean = reduce(runtime, { run: sum, scratch }, x, attributes(params));
    const count = sizeOf(mean.shape);
    divide(heap.address(mean), count, count === 0 ? 1 : sizeOf(x.shape) / count);
    if (x !== input) heap.dispose(x);
    return mean;
  };
}

/** A generated function that reduces a middle axis, and the scratch memory that it gets. */
interface Reduction {
  readonly run: GeneratedFunction;
  readonly scratch: number;
}

/** Reduces a tensor over axes, one group of neighbouring axes after the other, the innermost first. */
function reduce(
  { heap }: Runtime,
  { run, scratch }: Reduction,
  x: tf.TensorInfo,
  attrs: ReductionAttrs,
): tf.TensorInfo {
  const { shape, groups } = planReduction(x.shape, attrs);
  if (groups.length === 0) return heap.alias(x, shape);
  let current = x;
  for (const group of groups) {
    const { outer, reduced, inner } = group;
    const next = heap.allocate(group === groups.at(-1) ? shape : [outer, inner], x.dtype);
    const [from, to] = [heap.address(current), heap.address(next)];
    run(from, to, outer, reduced, inner, scratch);
    if (current !== x) heap.dispose(current);
    current = next;
  }
  return current;
}

interface ReductionPlan {
  readonly shape: number[];
  /** The steps: each reduces the middle axis of [outer, reduced, inner], after those before it. */
  readonly groups: readonly { readonly outer: number; readonly reduced: number; readonly inner: number }[];
}

function planReduction(shape: readonly number[], attrs: ReductionAttrs): ReductionPlan {
  const axes = attrs.axis ?? attrs.reductionIndices ?? undefined;
  if (axes === undefined) {
    const result = attrs.keepDims ? shape.map(() => 1) : [];
    return { shape: result, groups: shape.length === 0 ? [] : [{ outer: 1, reduced: sizeOf(shape), inner: 1 }] };
  }
  const reduced = tf.util.parseAxisParam(axes, [...shape]);
  const result = attrs.keepDims
    ? shape.map((length, i) => (reduced.includes(i) ? 1 : length))
    : shape.filter((_, i) => !reduced.includes(i));
  return { shape: result, groups: groupsOf(shape, reduced) };
}

function groupsOf(shape: readonly number[], axes: readonly number[]): ReductionPlan['groups'] {
  const groups: { outer: number; reduced: number; inner: number }[] = [];
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (!axes.includes(axis)) {
      inner *= shape[axis] ?? 1;
      continue;
    }
    let reduced = shape[axis] ?? 1;
    while (axes.includes(axis - 1)) {
      axis--;
      reduced *= shape[axis] ?? 1;
    }
    groups.push({ outer: sizeOf(shape.slice(0, axis)), reduced, inner });
  }
  return groups;
}
