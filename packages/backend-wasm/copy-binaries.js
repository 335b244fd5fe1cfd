/**
 * Copies TensorFlow.js's WebAssembly binaries into this package, as part of its build: bundlers and development servers find
 * a file by its address relative to the code, but not one in another package.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
const target = new URL('binaries/', import.meta.url);

mkdirSync(target, { recursive: true });
// Without the third, which has threads: a minifier breaks the code that starts it.
for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
  copyFileSync(join(dirname(manifest), 'wasm-out', file), new URL(file, target));
}
