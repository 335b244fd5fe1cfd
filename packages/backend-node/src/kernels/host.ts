import * as tf from '@tensorflow/tfjs-core';
import { type Inputs, type Kernel, type KernelFamily, kernel, type Runtime } from './kernel.ts';

/** The kernels that tfjs-node does not have and tfjs has in JavaScript: they run there, on copies. */
const names: readonly string[] = [
  tf.BitwiseAnd,
  tf.DenseBincount,
  tf.MaxPoolWithArgmax,
  tf.RaggedGather,
  tf.RaggedRange,
  tf.RaggedTensorToTensor,
  tf.RotateWithOffset,
  tf.SearchSorted,
  tf.SparseFillEmptyRows,
  tf.SparseReshape,
  tf.SparseSegmentMean,
  tf.SparseSegmentSum,
  tf.StringNGrams,
  tf.StringSplit,
  tf.StringToHashBucketFast,
];

export const hostFamily: KernelFamily = (runtime) =>
  Object.fromEntries(names.map((name) => [name, onHost(runtime, name)]));

/** As much as is used of tfjs's cpu backend, which comes with tfjs-node. */
interface HostBackend extends tf.KernelBackend {
  firstUse: boolean;
  readSync(dataId: object): tf.backend_util.BackendValues;
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object;
}

function onHost({ backend }: Runtime, name: string): Kernel {
  return kernel((inputs: Inputs, attrs) => {
    const host = tf.findBackend('cpu') as HostBackend;
    // At its first use it would print an advice to install tfjs-node.
    host.firstUse = false;
    const copies = Object.entries(inputs).map(([key, { dataId, shape, dtype }]) => {
      return [key, { dataId: host.write(backend.readSync(dataId), shape, dtype), shape, dtype }] as const;
    });
    const { kernelFunc } = tf.getKernel(name, 'cpu');
    const result = kernelFunc({ inputs: Object.fromEntries(copies), attrs: attrs as tf.NamedAttrMap, backend: host });
    const results = (Array.isArray(result) ? result : [result]).map((item) => takeOver(item, host));
    for (const [, { dataId }] of copies) host.disposeData(dataId);
    return Array.isArray(result) ? results : (results[0] as tf.Tensor);
  });
}

/** Moves a result to TensorFlow. */
function takeOver({ dataId, shape, dtype }: tf.TensorInfo, host: HostBackend): tf.Tensor {
  const values: unknown = host.readSync(dataId);
  host.disposeData(dataId);
  return tf.engine().makeTensor(dtype === 'int32' ? integers(values) : (values as tf.DataValues), shape, dtype);
}

/** Kernels in JavaScript may put integers into an array of other numbers, which TensorFlow refuses. */
function integers(values: unknown): Int32Array {
  return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
}
