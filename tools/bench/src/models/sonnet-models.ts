import { type Initializer, minimize } from '@sonnetjs/core';
import { BatchApply, BatchFlatten, Linear } from '@sonnetjs/layers';
import { ConvNet2D, MLP } from '@sonnetjs/nets';
import { DeepRNN, dynamicRnn, LSTM } from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';
import { convNetBatch, convNetSizes, convNetWeights } from './conv-net.ts';
import { lstmBatch, lstmSizes, lstmWeights } from './lstm-language-model.ts';
import { mlpBatch, mlpSizes, mlpWeights } from './mlp.ts';
import { learningRate, type TrainingModel, type Weight } from './training-model.ts';

/** The multi-layer perceptron of modules. */
export function sonnetMlp(): TrainingModel {
  const { batch, layers } = mlpSizes;
  const { inputs, labels } = mlpBatch();
  const initializers = { w: byShape(mlpWeights(), 'w'), b: byShape(mlpWeights(), 'b') };
  const mlp = new MLP(layers.slice(1), { initializers });
  const x = tf.tensor(inputs, [batch, layers[0]]);
  return sonnetModel(() => mlp(x), tf.tensor(labels, [batch, 10]));
}

/** The language model of modules. */
export function sonnetLstm(): TrainingModel {
  const { batch, steps, vocabulary, hidden } = lstmSizes;
  const { inputs, labels } = lstmBatch();
  const { w0, b0, w1, b1, output, bias } = lstmWeights() as Record<
    'w0' | 'b0' | 'w1' | 'b1' | 'output' | 'bias',
    Weight
  >;
  // The weights have the forget bias in them.
  const layer = (w: Weight, b: Weight): LSTM =>
    new LSTM(hidden, { forgetBias: 0, initializers: { w_gates: exactly(w), b_gates: exactly(b) } });
  const core = new DeepRNN([layer(w0, b0), layer(w1, b1)], { skipConnections: false });
  const linear = new Linear(vocabulary, { initializers: { w: exactly(output), b: exactly(bias) } });
  const toLogits = new BatchApply(linear);
  const tokens = tf.tensor(inputs, [steps, batch, vocabulary]);
  const logits = (): tf.Tensor => {
    const [outputs] = dynamicRnn(core, tokens, { timeMajor: true });
    return tf.reshape(toLogits(outputs as tf.Tensor), [steps * batch, vocabulary]);
  };
  return sonnetModel(logits, tf.tensor(labels, [steps * batch, vocabulary]));
}

/** The convolutional network of modules. */
export function sonnetConvNet(): TrainingModel {
  const { batch, image, channels, classes } = convNetSizes;
  const { inputs, labels } = convNetBatch();
  const weights = convNetWeights() as Record<string, Weight> & { dense: Weight; bias: Weight };
  const initializers = { w: byShape(weights, 'w'), b: byShape(weights, 'b') };
  const net = new ConvNet2D(channels.slice(1), [3], [1], ['SAME'], {
    activation: (x) => tf.maxPool(tf.relu(x) as tf.Tensor4D, 2, 2, 'same'),
    activateFinal: true,
    initializers,
  });
  const flatten = new BatchFlatten();
  const dense = new Linear(classes, { initializers: { w: exactly(weights.dense), b: exactly(weights.bias) } });
  const images = tf.tensor(inputs, [batch, image, image, 1]);
  return sonnetModel(() => dense(flatten(net(images) as tf.Tensor)), tf.tensor(labels, [batch, classes]));
}

function sonnetModel(logits: () => tf.Tensor, labels: tf.Tensor): TrainingModel {
  const optimizer = tf.train.sgd(learningRate);
  const loss = (): tf.Tensor => tf.losses.softmaxCrossEntropy(labels, logits());
  return {
    step: () => void minimize(optimizer, loss),
    forward: () => tf.tidy(logits).dispose(),
    loss: () => tf.tidy(() => loss().dataSync()[0] as number),
    outputs: () => tf.tidy(() => logits().dataSync() as Float32Array).slice(),
  };
}

function exactly({ values }: Weight): Initializer {
  return (shape, dtype) => tf.tensor(values, [...shape], dtype);
}

/** The weights of this kind, told apart by their number of elements and, among equals, by the order of the layers. */
function byShape(weights: Readonly<Record<string, Weight>>, kind: 'w' | 'b'): Initializer {
  const left = Object.entries(weights).filter(([name]) => /^[wb]\d$/.test(name) && name.startsWith(kind));
  return (shape, dtype) => {
    const next = left.findIndex(([, weight]) => weight.values.length === tf.util.sizeFromShape([...shape]));
    const [found] = next === -1 ? [] : left.splice(next, 1);
    if (found === undefined) throw new Error(`There is no weight ${kind} of shape [${shape.join(', ')}] left.`);
    return tf.tensor(found[1].values, [...shape], dtype);
  };
}
