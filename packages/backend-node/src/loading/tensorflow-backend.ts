import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What tfjs-node's backend has beyond what tfjs asks of one, as far as this package uses it. */
export interface TensorFlowBackend extends tf.KernelBackend {
  readonly binding: { readonly TF_Version: string } & Readonly<Record<`TF_${string}`, number>>;
  readonly isUsingGpuDevice: boolean;
  readonly isGPUPackage: boolean;
  /** Runs an operation that has one result. */
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
}

/** The name of tfjs-node's backend in tfjs, for CPUs and GPUs alike. */
export const backendName = 'tensorflow';
