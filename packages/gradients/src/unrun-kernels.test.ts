/**
 * Gradients of kernels that no op of tfjs runs on the backends here: an op of the same name is composed of other kernels,
 * or the backends refuse the setting. They are called as the engine would call them.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { allGradients } from './all-gradients.ts';

function gradientOf(
  kernelName: string,
  input: string,
  dy: tf.Tensor,
  saved: tf.Tensor[],
  attrs: tf.NamedAttrMap,
): tf.Tensor {
  const config = allGradients.find((gradient) => gradient.kernelName === kernelName) as tf.GradConfig;
  return config.gradFunc(dy, saved, attrs)[input]?.() as tf.Tensor;
}

it('logSoftmax: the gradient less its share of the sum', () => {
  const logits = tf.tensor2d([[0.5, -1, 2]]);
  const dy = tf.tensor2d([[1, 2, -0.5]]);
  const gradient = gradientOf(tf.LogSoftmax, 'logits', dy, [tf.logSoftmax(logits)], { axis: -1 });
  const probabilities = tf.softmax(logits).dataSync();
  [1, 2, -0.5].forEach((value, i) => {
    expect(gradient.dataSync()[i]).toBeCloseTo(value - 2.5 * (probabilities[i] as number), 5);
  });
});

it('broadcastTo: the sum of the copies', () => {
  const gradient = gradientOf(tf.BroadcastTo, 'x', tf.ones([4, 2, 3]), [tf.ones([2, 1])], {
    shape: [4, 2, 3],
    inputShape: [2, 1],
  });
  expect(gradient.shape).toEqual([2, 1]);
  expect([...gradient.dataSync()]).toEqual([12, 12]);
});

it('depthToSpace with the channels first: the transposed gradient of the other format', () => {
  const dy = tf.reshape(tf.range(0, 32), [1, 2, 4, 4]);
  const gradient = gradientOf(tf.DepthToSpace, 'x', dy, [], { blockSize: 2, dataFormat: 'NCHW' });
  const last = gradientOf(tf.DepthToSpace, 'x', tf.transpose(dy, [0, 2, 3, 1]), [], {
    blockSize: 2,
    dataFormat: 'NHWC',
  });
  expect(gradient.shape).toEqual([1, 8, 2, 2]);
  expect([...gradient.dataSync()]).toEqual([...tf.transpose(last, [0, 3, 1, 2]).dataSync()]);
});
