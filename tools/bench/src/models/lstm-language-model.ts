import type * as tf from '@tensorflow/tfjs-core';
import { filledValues } from '../measuring/values.ts';
import type { Tfjs } from '../stock/stock-tfjs.ts';
import { makeVariables, oneHotRows, type RawModel, trainingModel, type Weight } from './training-model.ts';

/** The sizes of the language model that is measured: two layers of LSTM and a linear one. */
export const lstmSizes = { batch: 32, steps: 32, vocabulary: 64, hidden: 128, layers: 2 } as const;

/** Its first weights, as Sonnet's LSTM orders them: gates i, j, f, o of [inputs, hidden], the bias of f higher by 1. */
export function lstmWeights(): Record<string, Weight> {
  const { vocabulary, hidden, layers } = lstmSizes;
  const weights: Record<string, Weight> = {};
  for (let layer = 0; layer < layers; layer++) {
    const rows = (layer === 0 ? vocabulary : hidden) + hidden;
    const high = 1 / Math.sqrt(rows);
    const values = filledValues(rows * 4 * hidden, { low: -high, high, seed: 40 + layer });
    const bias = filledValues(4 * hidden, { low: -0.1, high: 0.1, seed: 50 + layer });
    for (let i = 2 * hidden; i < 3 * hidden; i++) bias[i] = (bias[i] as number) + 1;
    weights[`w${layer}`] = { shape: [rows, 4 * hidden], values };
    weights[`b${layer}`] = { shape: [4 * hidden], values: bias };
  }
  const high = 1 / Math.sqrt(hidden);
  const output = filledValues(hidden * vocabulary, { low: -high, high, seed: 60 });
  weights.output = { shape: [hidden, vocabulary], values: output };
  weights.bias = { shape: [vocabulary], values: filledValues(vocabulary, { low: -0.1, high: 0.1, seed: 61 }) };
  return weights;
}

/** Its batch, one-hot: inputs [steps, batch, vocabulary] and the tokens that follow, [steps * batch, vocabulary]. */
export function lstmBatch(): { readonly inputs: Float32Array; readonly labels: Float32Array } {
  const { batch, steps, vocabulary } = lstmSizes;
  const tokens = Array.from({ length: (steps + 1) * batch }, (_, i) => {
    const [step, row] = [Math.floor(i / batch), i % batch];
    return (row * 5 + step * (3 + (row % 4))) % vocabulary;
  });
  const inputs = oneHotRows(tokens.slice(0, steps * batch), vocabulary);
  return { inputs, labels: oneHotRows(tokens.slice(batch), vocabulary) };
}

/** The language model of raw ops, unrolled by hand. */
export const rawLstm: RawModel = (tf) => {
  const { batch, steps, vocabulary, hidden } = lstmSizes;
  const variables = makeVariables(tf, lstmWeights());
  const [w0, b0, w1, b1, output, bias] = variables as tf.Tensor[];
  const { inputs, labels } = lstmBatch();
  const tokens = tf.unstack(tf.tensor(inputs, [steps, batch, vocabulary]));
  const zeros = tf.zeros([batch, hidden]);
  const logits = (): tf.Tensor => {
    let [first, second]: [State, State] = [
      [zeros, zeros],
      [zeros, zeros],
    ];
    const outputs = tokens.map((token) => {
      first = cell(tf, token, first, [w0 as tf.Tensor, b0 as tf.Tensor]);
      second = cell(tf, first[0], second, [w1 as tf.Tensor, b1 as tf.Tensor]);
      return second[0];
    });
    return tf.add(tf.matMul(tf.concat(outputs, 0), output as tf.Tensor), bias as tf.Tensor);
  };
  return trainingModel(tf, { variables, logits, labels: tf.tensor(labels, [steps * batch, vocabulary]) });
};

type State = readonly [hidden: tf.Tensor, cell: tf.Tensor];

function cell(tf: Tfjs, inputs: tf.Tensor, [hidden, memory]: State, [w, b]: readonly [tf.Tensor, tf.Tensor]): State {
  const gates = tf.add(tf.matMul(tf.concat([inputs, hidden], 1), w), b);
  const [i, j, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const next = tf.add(tf.mul(tf.sigmoid(f), memory), tf.mul(tf.sigmoid(i), tf.tanh(j)));
  return [tf.mul(tf.tanh(next), tf.sigmoid(o)), next];
}
