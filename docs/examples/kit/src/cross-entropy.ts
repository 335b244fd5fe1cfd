import * as tf from '@tensorflow/tfjs-core';

/**
 * How little a network expected the right answers: the mean of `-log(probability)` over a batch.
 *
 * @param logits float32 [batch, classes].
 * @param labels int32 [batch], the right answers.
 * @returns A scalar.
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const expected = tf.sum(
    tf.mul(tf.oneHot(labels as tf.Tensor1D, logits.shape[1] as number), tf.logSoftmax(logits)),
    -1,
  );
  return tf.neg(tf.mean(expected));
}
