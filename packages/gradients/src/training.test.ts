import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';
import { generator } from './testing/values.ts';

/** Reproducible numbers as a tensor. */
function numbers(seed: number, shape: number[], scale = 1): tf.Tensor {
  const next = generator(seed);
  return tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * (2 * next() - 1)),
    shape,
  );
}

/** Trains variables and returns the first and the last loss. */
function train(loss: () => tf.Scalar, variables: tf.Variable[], learningRate: number, steps = 40): [number, number] {
  const optimizer = tf.train.sgd(learningRate);
  const losses = Array.from({ length: steps }, () => {
    const cost = optimizer.minimize(loss, true, variables) as tf.Scalar;
    const value = cost.dataSync()[0] as number;
    cost.dispose();
    return value;
  });
  tf.dispose(variables);
  return [losses[0] as number, losses.at(-1) as number];
}

const variable = (seed: number, shape: number[], scale = 0.5): tf.Variable => tf.variable(numbers(seed, shape, scale));

onEachBackend(() => {
  it('trains an embedding and a softmax classifier', () => {
    const table = variable(1, [10, 4]);
    const w = variable(2, [4, 3]);
    const ids = tf.tensor1d([0, 3, 3, 7, 9], 'int32');
    const labels = tf.oneHot(tf.tensor1d([0, 1, 1, 2, 0], 'int32'), 3);
    const loss = (): tf.Scalar =>
      tf.losses.softmaxCrossEntropy(labels, tf.matMul(tf.gather(table, ids), w)) as tf.Scalar;
    const [first, last] = train(loss, [table, w], 0.5);
    expect(last).toBeLessThan(first / 2);
  });

  it('trains a convolutional network with batch normalization and pooling', () => {
    const x = numbers(3, [4, 8, 8, 1]) as tf.Tensor4D;
    const target = tf.tensor2d([[1], [-1], [0.5], [0]]);
    const [filter, scale, offset, w] = [
      variable(4, [3, 3, 1, 4]),
      variable(5, [4]),
      variable(6, [4]),
      variable(7, [16, 1]),
    ];
    const loss = (): tf.Scalar => {
      const features = tf.conv2d(x, filter as unknown as tf.Tensor4D, 2, 'same');
      const { mean, variance } = tf.moments(features, [0, 1, 2]);
      const normalized = tf.batchNorm(
        features,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor<tf.Rank.R1>,
        scale as tf.Tensor<tf.Rank.R1>,
      );
      const pooled = tf.maxPool(tf.relu(normalized), 2, 2, 'valid');
      return tf.mean(tf.squaredDifference(tf.matMul(tf.reshape(pooled, [4, 16]), w as tf.Tensor), target));
    };
    const [first, last] = train(loss, [filter, scale, offset, w] as tf.Variable[], 0.2);
    expect(last).toBeLessThan(first / 4);
  });

  it('trains an LSTM', () => {
    const [inputs, target] = [numbers(8, [5, 2, 3]), numbers(9, [2, 4], 0.5)];
    const [w, b] = [variable(10, [7, 16]), variable(11, [16], 0.1)];
    const loss = (): tf.Scalar => {
      let [h, c] = [tf.zeros([2, 4]), tf.zeros([2, 4])];
      for (const x of tf.unstack(inputs)) {
        const gates = tf.add(tf.matMul(tf.concat([x, h], 1), w as tf.Tensor), b);
        const [i, j, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        c = tf.add(tf.mul(c, tf.sigmoid(tf.add(f, 1))), tf.mul(tf.sigmoid(i), tf.tanh(j)));
        h = tf.mul(tf.tanh(c), tf.sigmoid(o));
      }
      return tf.mean(tf.squaredDifference(h, target));
    };
    const [first, last] = train(loss, [w, b] as tf.Variable[], 1);
    expect(last).toBeLessThan(first / 2);
  });
});
