import * as tf from '@tensorflow/tfjs-core';

/**
 * The same values as a tensor that no gradient flows through: what was computed before it does not depend on it.
 *
 * @param x Any shape and data type.
 * @returns A new tensor.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { stopGradient } from '@sonnetjs/core';
 * import { registerGradients } from '@sonnetjs/gradients';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * registerGradients();
 * const dx = tf.grad((x) => tf.add(x, stopGradient(x)))(tf.scalar(3));
 * assert.strictEqual((await dx.data())[0], 1);
 * ```
 *
 * TensorFlow 1: `tf.stop_gradient`.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  // A tape entry without inputs: the gradient ends here, instead of going on as zeros.
  return tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => [] }))() as T;
}
