// Loading tfjs afterwards replaces the gradients, which shows, and registering again brings them back.
import assert from 'node:assert';
import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';

registerGradients();
assert.strictEqual(gradientsAreOurs(), true);

await import('@tensorflow/tfjs');
await tf.setBackend('cpu');
assert.strictEqual(gradientsAreOurs(), false);

registerGradients();
assert.strictEqual(gradientsAreOurs(), true);
const curvature = tf.grad(tf.grad((x) => tf.exp(x)))(tf.scalar(0));
assert.strictEqual(curvature.dataSync()[0], 1);
