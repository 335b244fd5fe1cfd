import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function of tensors so that a gradient that is being computed around it does not see it: nothing of it is
 * recorded or kept for a backward pass.
 *
 * What it gives counts as a constant. Unlike {@link stopGradient}, which cuts off what has been computed already, this
 * keeps the computation itself from being recorded.
 *
 * @param fn Computes a tensor. Only this tensor outlives it.
 *
 * @example
 * ```ts
 * import { offTape } from '@sonnetjs/core';
 * import { registerGradients } from '@sonnetjs/gradients';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * registerGradients();
 * const dx = tf.grad((x) => tf.mul(x, offTape(() => tf.exp(x))))(tf.scalar(0));
 * assert.equal(dx.dataSync()[0], 1); // exp(0), as if it were a constant
 * ```
 */
export function offTape(fn: () => tf.Tensor): tf.Tensor {
  if (!isTapeOn()) return tf.tidy(fn);
  // A custom gradient without inputs: tfjs records nothing while it runs the function, and nothing leads back from it.
  return tf.customGrad(() => ({ value: fn(), gradFunc: () => [] }))();
}

/** Whether a gradient is being computed. */
export function isTapeOn(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
