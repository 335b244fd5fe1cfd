import type * as tf from '@tensorflow/tfjs-core';
import { filledValues } from '../measuring/values.ts';
import { makeVariables, oneHotRows, type RawModel, trainingModel, type Weight } from './training-model.ts';

/** The sizes of the convolutional network that is measured: 3×3 filters, each layer followed by relu and a 2×2 pool. */
export const convNetSizes = { batch: 32, image: 28, channels: [1, 32, 64], classes: 10 } as const;

const features = 7 * 7 * convNetSizes.channels[2];

/** Its first weights: filters [3, 3, in, out], biases, and the dense layer. */
export function convNetWeights(): Record<string, Weight> {
  const { channels, classes } = convNetSizes;
  const weights: Record<string, Weight> = {};
  channels.slice(1).forEach((outputs, i) => {
    const inputs = channels[i] as number;
    const high = 1 / Math.sqrt(9 * inputs);
    const values = filledValues(9 * inputs * outputs, { low: -high, high, seed: 70 + i });
    weights[`w${i}`] = { shape: [3, 3, inputs, outputs], values };
    weights[`b${i}`] = { shape: [outputs], values: filledValues(outputs, { low: -0.1, high: 0.1, seed: 80 + i }) };
  });
  const high = 1 / Math.sqrt(features);
  const dense = filledValues(features * classes, { low: -high, high, seed: 90 });
  weights.dense = { shape: [features, classes], values: dense };
  weights.bias = { shape: [classes], values: filledValues(classes, { low: -0.1, high: 0.1, seed: 91 }) };
  return weights;
}

/** Its batch: images [batch, 28, 28, 1] and one-hot labels [batch, 10]. */
export function convNetBatch(): { readonly inputs: Float32Array; readonly labels: Float32Array } {
  const { batch, image, classes } = convNetSizes;
  const labels = Array.from({ length: batch }, (_, row) => (row * 7) % classes);
  return { inputs: filledValues(batch * image * image, { low: 0, seed: 92 }), labels: oneHotRows(labels, classes) };
}

/** The convolutional network of raw ops. */
export const rawConvNet: RawModel = (tf) => {
  const { batch, image, classes } = convNetSizes;
  const variables = makeVariables(tf, convNetWeights());
  const [w0, b0, w1, b1, dense, bias] = variables as tf.Tensor[];
  const { inputs, labels } = convNetBatch();
  const images = tf.tensor4d(inputs, [batch, image, image, 1]);
  const layer = (x: tf.Tensor4D, w: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor4D => {
    const convolved = tf.add(tf.conv2d(x, w as tf.Tensor4D, 1, 'same'), b as tf.Tensor);
    return tf.maxPool(tf.relu(convolved) as tf.Tensor4D, 2, 2, 'same');
  };
  const logits = (): tf.Tensor => {
    const net = layer(layer(images, w0, b0), w1, b1);
    return tf.add(tf.matMul(tf.reshape(net, [batch, features]), dense as tf.Tensor), bias as tf.Tensor);
  };
  return trainingModel(tf, { variables, logits, labels: tf.tensor(labels, [batch, classes]) });
};
