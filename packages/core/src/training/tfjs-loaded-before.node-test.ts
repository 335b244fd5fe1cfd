/** The whole of tfjs, with its own gradients, is loaded before our packages. */
import '@tensorflow/tfjs';
import assert from 'node:assert';
import { getVariable, initializers, Module, minimize, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { gradientsAreOurs } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
resetDefaultGraph();
assert.equal(gradientsAreOurs(), false);

const net = new Module(
  (x: tf.Tensor) => tf.mul(x, getVariable('w', { shape: [2], initializer: initializers.ones() })),
  { name: 'net' },
);
const x = tf.tensor1d([1, 2]);
const { grads } = valueAndGrads(() => tf.sum(tf.square(net(x))));
assert.deepEqual([...(grads['net/w']?.dataSync() ?? [])], [2, 8]);
assert.equal(gradientsAreOurs(), true);

const optimizer = tf.train.adam(0.1);
for (let step = 0; step < 200; step++) minimize(optimizer, () => tf.sum(tf.square(tf.sub(net(x), 6))));
const [a = 0, b = 0] = net.variables[0]?.dataSync() ?? [];
assert(Math.abs(a - 6) < 0.1 && Math.abs(b - 3) < 0.1, `${a}, ${b}`);
