import type * as tf from '@tensorflow/tfjs-core';
import { filledValues } from '../measuring/values.ts';
import { makeVariables, oneHotRows, type RawModel, trainingModel, type Weight } from './training-model.ts';

/** The sizes of the multi-layer perceptron that is measured. */
export const mlpSizes = { batch: 64, layers: [784, 256, 256, 10] } as const;

/** Its first weights: `w0`, `b0`, `w1`, …. */
export function mlpWeights(): Record<string, Weight> {
  const { layers } = mlpSizes;
  const weights: Record<string, Weight> = {};
  layers.slice(1).forEach((outputs, i) => {
    const inputs = layers[i] as number;
    const high = 1 / Math.sqrt(inputs);
    const values = filledValues(inputs * outputs, { low: -high, high, seed: 10 + i });
    weights[`w${i}`] = { shape: [inputs, outputs], values };
    weights[`b${i}`] = { shape: [outputs], values: filledValues(outputs, { low: -0.1, high: 0.1, seed: 20 + i }) };
  });
  return weights;
}

/** Its batch: inputs [batch, 784] and one-hot labels [batch, 10]. */
export function mlpBatch(): { readonly inputs: Float32Array; readonly labels: Float32Array } {
  const { batch, layers } = mlpSizes;
  const classes = Array.from({ length: batch }, (_, row) => (row * 7) % 10);
  return { inputs: filledValues(batch * layers[0], { low: 0, seed: 30 }), labels: oneHotRows(classes, 10) };
}

/** The multi-layer perceptron of raw ops. */
export const rawMlp: RawModel = (tf) => {
  const variables = makeVariables(tf, mlpWeights());
  const { inputs, labels } = mlpBatch();
  const x = tf.tensor(inputs, [mlpSizes.batch, mlpSizes.layers[0]]);
  const logits = (): tf.Tensor => {
    let net: tf.Tensor = x;
    for (let i = 0; i < variables.length; i += 2) {
      if (i > 0) net = tf.relu(net);
      net = tf.add(tf.matMul(net, variables[i] as tf.Tensor), variables[i + 1] as tf.Tensor);
    }
    return net;
  };
  return trainingModel(tf, { variables, logits, labels: tf.tensor(labels, [mlpSizes.batch, 10]) });
};
