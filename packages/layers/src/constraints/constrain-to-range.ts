import * as tf from '@tensorflow/tfjs-core';

/**
 * Clips to a range, with gradients that still lead back into it.
 *
 * A value outside of the range gets the gradient with which gradient descent would move it towards the range, and none
 * that would move it further away.
 */
export function constrainToRange(x: tf.Tensor, min: number, max: number): tf.Tensor {
  const constrain = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => insideOnly(saved[0] as tf.Tensor, dy, min, max);
    return { value: tf.clipByValue(input, min, max), gradFunc };
  });
  return constrain(x);
}

function insideOnly(x: tf.Tensor, dy: tf.Tensor, min: number, max: number): tf.Tensor {
  const leavesBelow = tf.logicalAnd(tf.less(x, min), tf.less(dy, 0));
  const leavesAbove = tf.logicalAnd(tf.greater(x, max), tf.greater(dy, 0));
  return tf.where(tf.logicalOr(leavesBelow, leavesAbove), tf.zerosLike(dy), dy);
}
