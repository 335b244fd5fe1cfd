/** A binary that is not where it was said to be. It has a process of its own: tfjs tries to load a binary only once. */
import assert from 'node:assert';
import { cpu } from '@sonnetjs/backend-cpu';
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';

const warnings: unknown[] = [];
console.warn = (...args: unknown[]) => warnings.push(args);

const { backend, passedOver } = await useBackend([wasm({ paths: '/nowhere' }), cpu()]);
assert.equal(backend.name, 'cpu');
assert.equal(passedOver.length, 1);
assert.match(passedOver[0]?.reason ?? '', /^wasm: the WebAssembly binary did not load.*\/nowhere\/.*paths/s);
