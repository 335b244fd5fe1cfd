/** A small program of a user: a convolution, a perceptron, an embedding and an LSTM learn which way a dot moves. */

import * as tf from '@tensorflow/tfjs-core';
import {
  BatchFlatten,
  Conv2D,
  cpu,
  dynamicRnn,
  Embed,
  getBackend,
  Linear,
  LSTM,
  MLP,
  mergeLeadingDims,
  minimize,
  resetDefaultGraph,
  splitLeadingDim,
  useBackend,
  wasm,
} from 'sonnetjs';

const [examples, frames, size] = [16, 4, 8];

/**
 * Trains on the first backend that works here.
 *
 * @returns What it ran on, and the loss before and after.
 */
export async function train(backends = [wasm(), cpu()]) {
  const { passedOver } = await useBackend(backends);
  resetDefaultGraph({ seed: 1 });
  const { movies, speeds, labels } = data();
  const conv = new Conv2D(4, 3, { stride: 2 });
  const perceptron = new MLP([16, 8]);
  const embed = new Embed({ vocabSize: 3, embedDim: 4 });
  const lstm = new LSTM(12);
  const linear = new Linear(1);
  const loss = () => {
    const images = tf.relu(conv(mergeLeadingDims(movies)));
    const features = splitLeadingDim(perceptron(new BatchFlatten()(images)), movies, { nDims: 2 });
    const [outputs] = dynamicRnn(lstm, tf.concat([features, embed(speeds)], 2));
    const last = tf.squeeze(tf.slice(outputs, [0, frames - 1, 0], [-1, 1, -1]), [1]);
    return tf.mean(tf.squaredDifference(linear(last), labels));
  };
  const optimizer = tf.train.adam(0.02);
  const first = await read(tf.tidy(loss));
  for (let step = 0; step < 20; step++) minimize(optimizer, loss);
  const last = await read(tf.tidy(loss));
  const { name, capabilities } = getBackend();
  return { backend: name, ...capabilities, passedOver, first, last };
}

async function read(tensor) {
  const [value] = await tensor.data();
  tensor.dispose();
  return value;
}

/** Movies of a dot that moves to the left or to the right, as 0 or 1, and how fast it is, as an index. */
function data() {
  const movies = tf.buffer([examples, frames, size, size, 1]);
  const speeds = tf.buffer([examples, frames], 'int32');
  const labels = tf.buffer([examples, 1]);
  for (let i = 0; i < examples; i++) {
    const [direction, speed, row] = [i & 1, 1 + ((i >> 1) & 1), 2 * (i >> 2)];
    labels.set(direction, i, 0);
    for (let frame = 0; frame < frames; frame++) {
      const column = direction === 1 ? frame * speed : size - 1 - frame * speed;
      movies.set(1, i, frame, row, column, 0);
      speeds.set(speed, i, frame);
    }
  }
  return { movies: movies.toTensor(), speeds: speeds.toTensor(), labels: labels.toTensor() };
}
