/**
 * The decorator form, as the TypeScript compiler translates it and node runs it.
 */
import assert from 'node:assert';
import { AbstractModule, getVariable, initializers, resetDefaultGraph, reuseVariables } from '@sonnetjs/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');

class Coder extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
  constructor() {
    super({ name: 'coder' });
  }

  @reuseVariables
  encode(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, this.gain);
  }

  @reuseVariables
  get gain(): tf.Variable {
    return getVariable('gain', { shape: [], initializer: initializers.constant(2) }) as tf.Variable;
  }

  @reuseVariables
  #hidden(x: tf.Tensor): tf.Tensor {
    return tf.add(x, getVariable('shift', { shape: [], initializer: initializers.ones() }));
  }

  protected override build(x: tf.Tensor): tf.Tensor {
    return this.#hidden(this.encode(x));
  }
}

resetDefaultGraph();
const coder = new Coder();
const x = tf.scalar(3);
assert.equal(coder.encode(x).dataSync()[0], 6);
assert.equal(coder(x).dataSync()[0], 7);
assert.equal(coder(x).dataSync()[0], 7);
assert.equal(coder.gain, coder.gain);
assert.deepEqual(
  coder.variables.map(({ name }) => name),
  ['coder/gain', 'coder/shift'],
);
assert.deepEqual(coder.nameScopes.slice(0, 2), ['coder/encode/coder/gain/', 'coder/encode/']);

const encoded: tf.Tensor = coder.encode(x);
assert.deepEqual(encoded.shape, []);
