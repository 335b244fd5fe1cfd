import * as tf from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from '../loading/tensorflow-backend.ts';
import { type Kernel, type KernelFamily, kernel } from './kernel.ts';

/**
 * Slopes of activations from a slope dy and the activation's output y, which `@sonnetjs/gradients` asks for by these names:
 * TensorFlow has each as one operation, tfjs-node as none.
 */
const slopes: Readonly<Record<string, (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor[]>> = {
  ReluGrad: (dy, y) => [dy, y],
  SigmoidGrad: (dy, y) => [y, dy],
  TanhGrad: (dy, y) => [y, dy],
};

/** Activations whose arithmetic in tfjs-node overflows, and the slopes of others. */
export const activationFamily: KernelFamily = ({ backend }) => ({
  // tfjs-node subtracts the absolute value, which doubles what is negative.
  [tf.Prelu]: kernel((inputs) => {
    const { x, alpha } = inputs as Record<'x' | 'alpha', tf.Tensor>;
    return tf.where(tf.less(x, 0), tf.mul(alpha, x), x);
  }),
  ...Object.fromEntries(Object.keys(slopes).map((name) => [name, slope(backend, name)])),
});

function slope(backend: TensorFlowBackend, name: string): Kernel {
  const { TF_ATTR_TYPE = 0, TF_FLOAT = 0 } = backend.binding;
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  const order = slopes[name] as (typeof slopes)[string];
  return kernel((inputs) => {
    const { dy, y } = inputs as Record<'dy' | 'y', tf.Tensor>;
    return backend.executeSingleOutput(name, attributes, order(dy, y));
  });
}
