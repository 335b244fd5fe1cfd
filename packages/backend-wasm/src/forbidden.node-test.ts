/** A place that forbids compiling WebAssembly, as a Content-Security-Policy without 'wasm-unsafe-eval' does. */
import assert from 'node:assert';
import { cpu } from '@sonnetjs/backend-cpu';
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

const { compile } = WebAssembly;
WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('forbidden by the page'));

const { backend, passedOver } = await useBackend([wasm(), cpu()]);
assert.equal(backend.name, 'cpu');
assert.match(passedOver[0]?.reason ?? '', /may not be compiled here \(forbidden by the page\).*'wasm-unsafe-eval'/);
assert.equal(tf.findBackendFactory('wasm'), null, 'nothing is loaded where it could not start');

WebAssembly.compile = compile;
assert.equal((await useBackend(wasm())).backend.name, 'wasm');

// What runs already stays available.
WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('forbidden by the page'));
assert.deepEqual(await wasm().isAvailable(), { available: true });
