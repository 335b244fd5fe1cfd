import type * as tf from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from '../loading/tensorflow-backend.ts';

/** Inputs of a kernel by their names; those that are optional may be undefined. */
export type Inputs = Readonly<Record<string, tf.Tensor>>;

/** A kernel of this package: it may use any op, and what it makes and does not return is freed. */
export type Kernel<Attrs = unknown> = (inputs: Inputs, attrs: Attrs) => tf.Tensor | tf.Tensor[];

/** What kernels run on. */
export interface Runtime {
  readonly backend: TensorFlowBackend;
  /** tfjs-node's own kernel, which may be replaced. */
  stock(kernelName: string): (inputs: Readonly<Record<string, tf.TensorInfo>>, attrs: object) => tf.Tensor;
}

/** A group of kernels by the name of what they replace or add. */
export type KernelFamily = (runtime: Runtime) => Readonly<Record<string, Kernel>>;

/** A kernel whose attributes have a known type. */
export function kernel<Attrs>(run: Kernel<Attrs>): Kernel {
  return run as Kernel;
}
