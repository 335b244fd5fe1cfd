import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function of tensors so that a gradient that is being computed around it does not see it: nothing of it is
 * recorded or kept for a backward pass.
 *
 * @param fn Computes a tensor. Only this tensor outlives it.
 */
export function offTape(fn: () => tf.Tensor): tf.Tensor {
  // A custom gradient without inputs: tfjs records nothing while it runs the function, and nothing leads back from it.
  return tf.customGrad(() => ({ value: fn(), gradFunc: () => [] }))();
}
