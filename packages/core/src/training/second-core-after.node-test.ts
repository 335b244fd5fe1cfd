/** A second copy of tfjs-core, of another version, is loaded in the middle of a training with ours. */
import assert from 'node:assert';
import { getVariable, initializers, Module, minimize, resetDefaultGraph, variableName } from '@sonnetjs/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
resetDefaultGraph();
const net = new Module(() => getVariable('w', { shape: [], initializer: initializers.ones() }), { name: 'net' });
const optimizer = tf.train.sgd(0.25);
const step = (): unknown => minimize(optimizer, () => tf.square(tf.sub(net(), 5)));
const value = (): number => net().dataSync()[0] as number;

step();
const second = await import('tfjs-core-second');
step();
assert.equal(value(), 4);

minimize(second.train.momentum(0.5, 0.9) as unknown as tf.Optimizer, () => tf.square(tf.sub(net(), 5)));
assert.equal(value(), 5);

// A variable of the other copy can be trained too, when it is named.
const other = second.variable(second.scalar(1), true, 'other') as unknown as tf.Variable;
minimize(optimizer, () => tf.square(tf.sub(other, 5)), { variables: [other] });
assert.equal(other.dataSync()[0], 3);
assert.equal(variableName(other), 'other');
