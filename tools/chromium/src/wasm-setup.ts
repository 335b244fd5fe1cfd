/** Setup of every test file in the browser: tests start on the wasm backend. */
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';

await useBackend(wasm());
