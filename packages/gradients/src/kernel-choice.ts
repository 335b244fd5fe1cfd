import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradient kernels of tfjs 4.22 that a composition of other kernels beats, with the reason: some of their results are
 * wrong, or they are several times slower. A backend adapter that replaces one says so with `soundKernels`.
 */
export const passedOver: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cpu: {
    [tf.MaxPool3DGrad]: 'wrong where a window is not as high as it is wide',
  },
  tensorflow: {
    [tf.MaxPool3DGrad]: 'takes another than the first where the largest elements of a window are equal',
  },
  wasm: {
    [tf.AvgPoolGrad]: 'scalar code, slower than a pad and an average pool',
    [tf.Conv2DBackpropInput]: 'scalar code at a tenth of the speed of a convolution',
    [tf.Conv3DBackpropFilterV2]: 'wrong at strides above 1',
    [tf.Conv3DBackpropInputV2]: 'wrong',
    [tf.MaxPoolGrad]: 'wrong where the largest element of a window is not positive',
    [tf.MaxPool3DGrad]: 'wrong where the largest element of a window is not positive',
  },
};

const sound = new Set<string>();

/** Notes that kernels of a backend are right and fast, whatever `passedOver` says of stock tfjs. */
export function noteSoundKernels(backendName: string, kernelNames: readonly string[]): void {
  for (const kernelName of kernelNames) sound.add(`${backendName}/${kernelName}`);
}

/** Whether the current backend has a kernel that is worth calling from a gradient. */
export function hasGoodKernel(kernelName: string): boolean {
  const backendName = tf.getBackend();
  if (passedOver[backendName]?.[kernelName] !== undefined && !sound.has(`${backendName}/${kernelName}`)) return false;
  // The declared type leaves out that there may be none.
  return (tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined) !== undefined;
}
