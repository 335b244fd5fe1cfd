/** The whole of tfjs, with its own gradients, is loaded in the middle of a training with ours. */
import assert from 'node:assert';
import { getVariable, initializers, Module, minimize, resetDefaultGraph } from '@sonnetjs/core';
import { gradientsAreOurs } from '@sonnetjs/gradients';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
resetDefaultGraph();
const net = new Module(() => getVariable('w', { shape: [], initializer: initializers.ones() }), { name: 'net' });
const optimizer = tf.train.sgd(0.25);
const step = (): unknown => minimize(optimizer, () => tf.square(tf.sub(net(), 5)));
const value = (): number => net().dataSync()[0] as number;

step();
assert.equal(value(), 3);
assert.equal(gradientsAreOurs(), true);

const whole = await import('@tensorflow/tfjs');
assert.equal(gradientsAreOurs(), false);
step();
assert.equal(value(), 4);
assert.equal(gradientsAreOurs(), true);

// Both names stand for one library: its tensors and optimizers fit.
const target = whole.scalar(9);
minimize(whole.train.sgd(0.25), () => whole.square(whole.sub(net(), target)));
assert.equal(value(), 6.5);
