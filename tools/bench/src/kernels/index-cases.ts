import type * as tf from '@tensorflow/tfjs-core';
import type { Inputs, KernelCase } from './kernel-case.ts';

/** The rows of a table of 64 columns, or of as many as there are. */
function table(inputs: Inputs): { readonly rows: number; readonly columns: number; readonly values: tf.Tensor2D } {
  const columns = Math.min(inputs.side, 64);
  const rows = inputs.size / columns;
  return { rows, columns, values: inputs.floats([rows, columns]) as tf.Tensor2D };
}

/** Kernels that choose elements by index, and those that count or order. */
export const indexCases: readonly KernelCase[] = [
  {
    kernel: 'GatherV2',
    variant: 'rows',
    make: (inputs) => {
      const { rows, values } = table(inputs);
      const indices = inputs.integers([rows], rows) as tf.Tensor1D;
      return () => inputs.tf.gather(values, indices);
    },
  },
  {
    kernel: 'GatherV2',
    variant: 'columns',
    make: (inputs) => {
      const { columns, values } = table(inputs);
      const indices = inputs.integers([columns], columns) as tf.Tensor1D;
      return () => inputs.tf.gather(values, indices, 1);
    },
  },
  {
    kernel: 'GatherNd',
    make: (inputs) => {
      const { rows, values } = table(inputs);
      const indices = inputs.integers([rows, 1], rows);
      return () => inputs.tf.gatherND(values, indices);
    },
  },
  {
    kernel: 'ScatterNd',
    make: (inputs) => {
      const { rows, values } = table(inputs);
      const indices = inputs.integers([rows, 1], rows);
      return () => inputs.tf.scatterND(indices, values, values.shape);
    },
  },
  {
    kernel: 'TensorScatterUpdate',
    make: (inputs) => {
      const { rows, values } = table(inputs);
      const indices = inputs.integers([rows / 2, 1], rows);
      const updates = inputs.keep(inputs.tf.slice(values, [0, 0], [rows / 2, -1]));
      return () => inputs.tf.tensorScatterUpdate(values, indices as tf.Tensor2D, updates);
    },
  },
  {
    kernel: 'SparseToDense',
    make: (inputs) => {
      const count = inputs.size / 4;
      const places = Int32Array.from({ length: count }, (_, i) => 4 * i);
      const indices = inputs.keep(inputs.tf.tensor1d(places, 'int32'));
      const values = inputs.floats([count]);
      const zero = inputs.keep(inputs.tf.scalar(0));
      return () => inputs.tf.sparseToDense(indices, values, [inputs.size], zero);
    },
  },
  {
    kernel: 'TopK',
    make: (inputs) => {
      const { values } = table(inputs);
      return () => Object.values(inputs.tf.topk(values, 2));
    },
  },
  {
    kernel: 'SearchSorted',
    make: (inputs) => {
      const sorted = inputs.keep(inputs.tf.linspace(-1, 1, 1024));
      const values = inputs.vector();
      return () => inputs.tf.lowerBound(sorted, values);
    },
  },
  {
    kernel: 'Bincount',
    make: (inputs) => {
      const x = inputs.integers([inputs.size], 64) as tf.Tensor1D;
      const weights = inputs.vector();
      return () => inputs.tf.bincount(x, weights, 64);
    },
  },
  {
    kernel: 'DenseBincount',
    make: (inputs) => {
      const x = inputs.integers([inputs.size], 64) as tf.Tensor1D;
      const weights = inputs.vector();
      return () => inputs.tf.denseBincount(x, weights, 64);
    },
  },
  {
    kernel: 'Unique',
    make: (inputs) => {
      const x = inputs.integers([inputs.size], 64) as tf.Tensor1D;
      return () => Object.values(inputs.tf.unique(x));
    },
  },
  {
    kernel: 'Multinomial',
    make: (inputs) => {
      const { values } = table(inputs);
      return () => inputs.tf.multinomial(values, 2, 1);
    },
  },
];
