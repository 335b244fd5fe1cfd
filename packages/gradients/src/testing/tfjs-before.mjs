// Gradients of tfjs that are wrong or missing are replaced when it was loaded first.
import assert from 'node:assert';
import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
import * as tfjs from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
assert.notStrictEqual(tf.getGradient(tf.Add), undefined);
assert.strictEqual(gradientsAreOurs(), false);
const curvature = () =>
  tf
    .grad(tf.grad((x) => tf.exp(x)))(tf.scalar(0))
    .dataSync()[0];
assert.throws(curvature);

registerGradients();
assert.strictEqual(gradientsAreOurs(), true);
assert.strictEqual(curvature(), 1);
assert.strictEqual(
  tfjs
    .grad((x) => x.square().add(x))(tfjs.scalar(3))
    .dataSync()[0],
  7,
);
