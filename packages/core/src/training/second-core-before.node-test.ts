/** A second copy of tfjs-core, of another version, is loaded before ours. The two share one engine. */

import assert from 'node:assert';
import { getVariable, initializers, Module, minimize, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import * as second from 'tfjs-core-second';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
resetDefaultGraph();
assert.notEqual(second.Tensor, tf.Tensor);
assert.notEqual(second.version_core, tf.version_core);

const net = new Module(
  (x: tf.Tensor) => tf.mul(x, getVariable('w', { shape: [2], initializer: initializers.ones() })),
  { name: 'net' },
);
// Inputs and losses of the other copy are tensors like any other.
const x = second.tensor1d([1, 2]) as unknown as tf.Tensor;
const loss = (): tf.Tensor => second.sum(second.square(net(x) as unknown as second.Tensor)) as unknown as tf.Tensor;
const before = tf.memory().numTensors;
const { value, grads } = valueAndGrads(loss);
assert.equal(value.dataSync()[0], 5);
assert.deepEqual([...(grads['net/w']?.dataSync() ?? [])], [2, 8]);
tf.dispose([value, ...Object.values(grads).filter((grad) => grad !== null)]);
assert.equal(tf.memory().numTensors - before, 1);

// So are its optimizers.
const optimizer = second.train.adam(0.1) as unknown as tf.Optimizer;
for (let step = 0; step < 300; step++) minimize(optimizer, loss);
for (const w of net.variables[0]?.dataSync() ?? []) assert(Math.abs(w) < 0.05, String(w));
