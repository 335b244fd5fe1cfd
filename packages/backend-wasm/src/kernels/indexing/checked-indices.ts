import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

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
