import type * as tf from '@tensorflow/tfjs-core';

/**
 * Refuses tensors of other dtypes, whose bytes a kernel would take for floats.
 *
 * @throws Error that says the kernel and the dtype.
 */
export function requireFloat32(kernelName: string, ...tensors: readonly tf.TensorInfo[]): void {
  for (const { dtype } of tensors) {
    if (dtype === 'float32') continue;
    throw new Error(
      `Error in ${kernelName}: only float32 input is supported. Got ${dtype}. Cast it with tf.cast(x, 'float32').`,
    );
  }
}
