import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

/** Einstein summation, as products of matrices. */
export const einsumFamily: KernelFamily = {
  emit: () => {},
  kernels: (runtime) => ({ Einsum: einsumKernel(runtime) }),
};

/** A tensor whose axes have labels. */
interface Labelled {
  readonly tensor: tf.TensorInfo;
  readonly labels: readonly number[];
}

/** What an einsum runs on: each call makes a tensor and frees the one that it was made from. */
class Terms {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Puts the axes into the order of the labels. */
  order({ tensor, labels }: Labelled, wanted: readonly number[]): Labelled {
    if (wanted.every((label, axis) => label === labels[axis])) return { tensor, labels };
    const perm = wanted.map((label) => labels.indexOf(label));
    return { tensor: this.#replace(tf.Transpose, { x: tensor }, { perm }), labels: wanted };
  }

  /** Sums over the axes whose labels nobody needs. */
  keep({ tensor, labels }: Labelled, needed: ReadonlySet<number>): Labelled {
    const axis = [...labels.keys()].filter((i) => !needed.has(labels[i] ?? -1));
    if (axis.length === 0) return { tensor, labels };
    const sum = this.#replace(tf.Sum, { x: tensor }, { axis, keepDims: false });
    return { tensor: sum, labels: labels.filter((label) => needed.has(label)) };
  }

  /** Multiplies two tensors and sums over the labels that both have and nobody needs. */
  multiply(a: Labelled, b: Labelled, needed: ReadonlySet<number>): Labelled {
    const shared = a.labels.filter((label) => b.labels.includes(label));
    const batch = shared.filter((label) => needed.has(label));
    const summed = shared.filter((label) => !needed.has(label));
    const onlyIn = (x: Labelled): number[] => x.labels.filter((label) => !shared.includes(label));
    const [left, right] = [onlyIn(a), onlyIn(b)];
    const lengths = new Map(
      [a, b].flatMap(({ tensor, labels }) => labels.map((label, i) => [label, tensor.shape[i] ?? 1])),
    );
    const size = (labels: readonly number[]): number => sizeOf(labels.map((label) => lengths.get(label) ?? 1));
    const rows = this.order(a, [...batch, ...left, ...summed]).tensor;
    const columns = this.order(b, [...batch, ...summed, ...right]).tensor;
    const product = this.#replace(
      tf.BatchMatMul,
      {
        a: { ...rows, shape: [size(batch), size(left), size(summed)] },
        b: { ...columns, shape: [size(batch), size(summed), size(right)] },
      },
      { transposeA: false, transposeB: false },
    );
    const labels = [...batch, ...left, ...right];
    return { tensor: { ...product, shape: labels.map((label) => lengths.get(label) ?? 1) }, labels };
  }

  #replace(kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo {
    const result = this.#runtime.run(kernelName, inputs, attrs);
    for (const input of Object.values(inputs)) if (input !== undefined) this.#runtime.heap.dispose(input);
    return result;
  }
}

function einsumKernel(runtime: Runtime): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const { equation } = attrs as unknown as tf.EinsumAttrs;
    const tensors = Object.values(inputs) as tf.TensorInfo[];
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[]);
    // tfjs numbers the labels of the result first, in their order, and then those that are summed over.
    const result = [...allDims.keys()].slice(0, allDims.length - summedDims.length);
    const terms = new Terms(runtime);
    const operands = tensors.map((tensor, i) => ({
      tensor: runtime.heap.alias(tensor, tensor.shape),
      labels: idDims[i] ?? [],
    }));
    const neededAfter = (count: number): Set<number> =>
      new Set([...result, ...operands.slice(count).flatMap(({ labels }) => labels)]);
    const others = (index: number): Set<number> =>
      new Set([...result, ...operands.filter((_, i) => i !== index).flatMap(({ labels }) => labels)]);
    const reduced = operands.map((operand, i) => terms.keep(operand, others(i)));
    const product = reduced.reduce((left, right, i) => terms.multiply(left, right, neededAfter(i + 1)));
    return terms.order(product, result).tensor;
  };
}
