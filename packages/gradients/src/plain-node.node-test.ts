/** In plain node, with nothing but tfjs-core and a backend: no gradient before `registerGradients`, all of them after. */
import assert from 'node:assert';
import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');
assert.strictEqual(tf.getGradient(tf.Add), undefined);
assert.strictEqual('add' in tf.Tensor.prototype, false);
assert.strictEqual(gradientsAreOurs(), false);
assert.throws(() => tf.grad((x) => tf.square(x))(tf.scalar(3)), /gradient function not found for Square/);

registerGradients();
assert.strictEqual(gradientsAreOurs(), true);

const slope = tf.grad((x) => tf.square(x))(tf.scalar(3));
assert.strictEqual(slope.dataSync()[0], 6);

const [w, b] = [tf.variable(tf.ones([2, 1])), tf.variable(tf.zeros([1]))];
const [x, y] = [
  tf.tensor2d([
    [1, 2],
    [3, -1],
    [0, 1],
  ]),
  tf.tensor2d([[1], [-1], [2]]),
];
const loss = (): tf.Scalar => tf.losses.meanSquaredError(y, tf.add(tf.matMul(x, w), b));
const before = loss().dataSync()[0] as number;
const optimizer = tf.train.adam(0.1);
for (let step = 0; step < 20; step++) optimizer.minimize(loss);
assert.ok((loss().dataSync()[0] as number) < before / 2);

const curvature = tf
  .grad(tf.grad((t) => tf.tanh(t)))(tf.scalar(0.5))
  .dataSync()[0] as number;
assert.ok(Math.abs(curvature - -2 * Math.tanh(0.5) * (1 - Math.tanh(0.5) ** 2)) < 1e-5);
