import * as tf from '@tensorflow/tfjs-core';
import { type KernelFamily, kernel } from './kernel.ts';

/** Activations whose arithmetic in tfjs-node overflows. */
export const activationFamily: KernelFamily = () => ({
  // tfjs-node subtracts the absolute value, which doubles what is negative.
  [tf.Prelu]: kernel((inputs) => {
    const { x, alpha } = inputs as Record<'x' | 'alpha', tf.Tensor>;
    return tf.where(tf.less(x, 0), tf.mul(alpha, x), x);
  }),
});
