import * as tf from '@tensorflow/tfjs-core';
import { type FunctionBuilder, i32, i32x4, type Local, type ModuleBuilder, v128 } from '../../emitter/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

/**
 * Adds `firstOutside(indices, count, length, step)`: the position of the first index, of those that are `step` bytes apart, that
 * is not in 0 … length - 1, or `count`.
 */
export function emitIndexCheck(module: ModuleBuilder): void {
  const parameters = { indices: 'i32', count: 'i32', length: 'i32', step: 'i32' } as const;
  module.function('firstOutside', parameters, (f, { indices, count, length, step }) => {
    const i = f.local('i32');
    f.if(i32.and(i32.eq(step, i32.const(4)), i32.ne(length, i32.const(0))), () => {
      f.set(i, insideByTurns(f, indices, count, length));
      f.increase(indices, i32.shl(i, i32.const(2)));
    });
    f.loop(i, { from: i, below: count }, () => {
      f.if(i32.geU(i32.load(indices), length), () => f.return(i));
      f.increase(indices, step);
    });
    return count;
  });
}

/** How many neighbours from the first on are inside for sure: all whole turns, or none. */
function insideByTurns(
  f: FunctionBuilder,
  indices: Local<'i32'>,
  count: Local<'i32'>,
  length: Local<'i32'>,
): Local<'i32'> {
  const [i, at, largest] = [f.local('i32'), f.local('i32', indices), f.local('v128')];
  const turn = 16;
  const turns = f.local('i32', i32.and(count, i32.const(-turn)));
  f.loop(i, { below: turns, step: turn }, () => {
    // A negative index is a large one without a sign.
    const pair = (offset: number) => i32x4.maxU(v128.load(at, offset), v128.load(at, offset + 16));
    f.set(largest, i32x4.maxU(largest, i32x4.maxU(pair(0), pair(32))));
    f.increase(at, 4 * turn);
  });
  const areInside = i32x4.allTrue(i32x4.leU(largest, i32x4.splat(i32.sub(length, i32.const(1)))));
  return f.local('i32', i32.select(areInside, turns, i32.const(0)));
}

/** The indices of a kernel, and the shape that they are to be in. */
interface Indexing {
  readonly indices: tf.TensorInfo;
  readonly shape: readonly number[];
}

type IndexingOf = (inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined) => Indexing;

/** Where the kernels of stock tfjs read or write at indices. */
const indexings: Readonly<Record<string, IndexingOf>> = {
  GatherNd: ({ params, indices }) => ({ indices: indices as tf.TensorInfo, shape: params?.shape ?? [] }),
  ScatterNd: ({ indices }, attrs) => ({
    indices: indices as tf.TensorInfo,
    shape: (attrs as unknown as tf.ScatterNdAttrs).shape,
  }),
  SparseToDense: ({ sparseIndices }, attrs) => ({
    indices: sparseIndices as tf.TensorInfo,
    shape: (attrs as unknown as tf.SparseToDenseAttrs).outputShape,
  }),
  TensorScatterUpdate: ({ tensor, indices }) => ({ indices: indices as tf.TensorInfo, shape: tensor?.shape ?? [] }),
};

/** The kernels of stock tfjs that read and write at indices of several axes, which it does not check. */
export function checkedIndexKernels(runtime: Runtime): Readonly<Record<string, tf.KernelFunc>> {
  return Object.fromEntries(
    Object.entries(indexings).map(([name, indexingOf]) => [name, checkedKernel(runtime, name, indexingOf)]),
  );
}

function checkedKernel({ heap, generated, stock }: Runtime, name: string, indexingOf: IndexingOf): tf.KernelFunc {
  const firstOutside = generated('firstOutside');
  return (params) => {
    const { indices, shape } = indexingOf(params.inputs, params.attrs);
    // Indices of a single axis may come without an axis of their own.
    const depth = name === tf.SparseToDense && indices.shape.length < 2 ? 1 : (indices.shape.at(-1) ?? 1);
    const count = depth === 0 ? 0 : sizeOf(indices.shape) / depth;
    for (let axis = 0; axis < depth && count > 0; axis++) {
      const address = heap.address(indices);
      const bad = firstOutside(address + 4 * axis, count, shape[axis] ?? 0, 4 * depth);
      if (bad < count) {
        const index = heap.integers(address + 4 * depth * bad, depth);
        throw new Error(`${name}: the index [${index.join(', ')}] is not in the shape [${shape.join(', ')}].`);
      }
    }
    return stock(name)(params);
  };
}
