import { type Availability, type Backend, BackendNotAvailableError, type Capabilities } from '@sonnetjs/core';
import { registerGradients } from '@sonnetjs/gradients';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { byFileName, diagnose, resolvePaths, type WasmPaths } from './binaries.ts';
import { missingKernels } from './missing-kernels.ts';
import { installKernels } from './runtime/install.ts';
import { compileRefusal, simdValidates } from './runtime/support.ts';

/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * Where the WebAssembly binaries are: the address of the folder that holds them, or one address for each. Default: in
   * node those of TensorFlow.js's package; in browsers the copies in this package, wherever a bundler or server puts them.
   */
  readonly paths?: string | WasmPaths;
}

let starting: Promise<Capabilities> | undefined;

/**
 * The WebAssembly backend: in node and in browsers, with nothing to configure.
 *
 * @returns An adapter for core's `useBackend`. Nothing is loaded before it is initialized.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { useBackend } from '@sonnetjs/core';
 * import { wasm } from '@sonnetjs/backend-wasm';
 *
 * const { backend } = await useBackend(wasm());
 * assert.equal(backend.name, 'wasm');
 * assert(backend.capabilities.simd);
 * ```
 */
export function wasm({ paths }: WasmOptions = {}): Backend {
  let capabilities: Capabilities = { simd: false, threads: 1, gpu: false, missingKernels: [] };
  return {
    name: 'wasm',
    isAvailable,
    async initialize() {
      // tfjs gives up on a start when the next one begins.
      starting ??= start(paths).finally(() => {
        starting = undefined;
      });
      capabilities = await starting;
    },
    get capabilities() {
      return capabilities;
    },
  };
}

async function isAvailable(): Promise<Availability> {
  if (typeof WebAssembly !== 'object') return { available: false, reason: 'this machine has no WebAssembly' };
  // What was compiled for tfjs by other means needs no permission.
  const refusal = stockRuns() ? undefined : await compileRefusal();
  if (refusal === undefined) return { available: true };
  const reason =
    `WebAssembly may not be compiled here (${refusal}). ` +
    "If a Content-Security-Policy forbids it, allow 'wasm-unsafe-eval' in its script-src.";
  return { available: false, reason };
}

function stockRuns(): boolean {
  return tf.engine().registry.wasm !== undefined;
}

async function start(paths: string | WasmPaths | undefined): Promise<Capabilities> {
  await startStock(paths);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  const limitation = await addKernels();
  return {
    simd,
    threads: 1,
    gpu: false,
    missingKernels: missingKernels(),
    ...(limitation !== undefined && { limitations: [limitation] }),
  };
}

/** Puts the kernels of this package in place; where that cannot be, those of TensorFlow.js stay and the answer says why. */
async function addKernels(): Promise<string | undefined> {
  if (!simdValidates()) return 'this engine has no SIMD instructions: the slower kernels of TensorFlow.js run';
  try {
    registerGradients({ soundKernels: { wasm: await installKernels(tf.backend() as BackendWasm) } });
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `this engine refuses generated WebAssembly (${error.message}): the slower kernels of TensorFlow.js run`;
  }
}

function isRefusal(error: unknown): error is Error {
  const { CompileError, LinkError } = WebAssembly;
  // Safari's for what a page's Content-Security-Policy forbids.
  return error instanceof CompileError || error instanceof LinkError || error instanceof EvalError;
}

async function startStock(paths: string | WasmPaths | undefined): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // A backend that runs already keeps its binary.
  if (stockRuns()) return setCurrent();
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // Node finds the binaries beside tfjs's own code.
  if (paths === undefined && tf.env().getBool('IS_NODE')) return setCurrent();
  const addresses = resolvePaths(paths);
  setWasmPaths(byFileName(addresses));
  await setCurrent(addresses.simd);
}

async function setCurrent(address?: string): Promise<void> {
  if (await tf.setBackend('wasm')) return;
  const why =
    address === undefined
      ? '. It is among the files of @tensorflow/tfjs-backend-wasm: the program needs to read them (Deno: --allow-read).'
      : `: ${await diagnose(address)}. Serve the folder binaries of @sonnetjs/backend-wasm and pass its address: ` +
        "wasm({ paths: '/wasm/' }).";
  throw new BackendNotAvailableError(`wasm: the WebAssembly binary did not load${why}`);
}
