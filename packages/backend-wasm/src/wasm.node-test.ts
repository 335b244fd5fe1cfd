/** The built package in plain node, where neither a bundler nor a test runner helps it to find its binaries. */
import assert from 'node:assert';
import { wasm } from '@sonnetjs/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

assert.equal(tf.findBackendFactory('wasm'), null, 'importing the package loads nothing');

const backend = wasm();
assert.deepEqual(await backend.isAvailable(), { available: true });
assert.equal(tf.findBackendFactory('wasm'), null, 'asking whether it can run loads nothing');

await backend.initialize();
assert.equal(tf.getBackend(), 'wasm');
assert.equal(backend.capabilities.simd, true);
assert.deepEqual([...tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync())], [11]);
