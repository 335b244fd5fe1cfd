import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ModuleBuilder } from '../emitter/index.ts';
import { startTileTrial } from '../kernels/contraction/choose-tile.ts';
import type { Tile } from '../kernels/contraction/tile.ts';
import { families } from '../kernels/index.ts';
import { Heap } from './heap.ts';
import type { GeneratedFunction, Runtime } from './runtime.ts';
import { relaxedSimdValidates } from './support.ts';

/** The kernels of stock tfjs that ours stand in for. */
const replaced = new Map<string, tf.KernelConfig>();
let installedOn: BackendWasm | undefined;

/**
 * Puts the kernels of this package in place of stock tfjs's, on the backend that runs now.
 *
 * @returns The names of the kernels, or why there are none: where the engine cannot compile generated code, the stock
 *   kernels serve.
 */
export async function installKernels(backend: BackendWasm): Promise<readonly string[]> {
  if (installedOn === backend) return kernelNames();
  const heap = new Heap(backend);
  const { code, tile } = await generate();
  const { instance } = await WebAssembly.instantiate(code, { env: { memory: heap.memory } });
  const runtime: Runtime = {
    heap,
    tile,
    generated(name) {
      const found = instance.exports[name];
      if (found === undefined) throw new Error(`The generated module has no function ${JSON.stringify(name)}.`);
      return found as GeneratedFunction;
    },
    run(kernelName, inputs, attrs) {
      const kernel = tf.getKernel(kernelName, 'wasm');
      return kernel.kernelFunc({ inputs, backend, attrs: attrs as tf.NamedAttrMap }) as tf.TensorInfo;
    },
    stock: (kernelName) => stockKernel(kernelName).kernelFunc,
  };
  for (const family of families) {
    for (const [kernelName, kernelFunc] of Object.entries(family.kernels(runtime))) replace(kernelName, kernelFunc);
  }
  installedOn = backend;
  return kernelNames();
}

/** The generated module's bytes, and the tile that was chosen. */
async function generate(): Promise<{ code: Uint8Array<ArrayBuffer>; tile: Tile }> {
  const relaxed = relaxedSimdValidates();
  const trial = startTileTrial(relaxed);
  const module = new ModuleBuilder(relaxed);
  // Most of the module is written while the engine optimizes the tiles in the background.
  for (const family of families) family.emit(module);
  const tile = await trial.choose();
  for (const family of families) family.emitTiles?.(module, tile);
  return { code: module.finish(), tile };
}

const ours = new Set<string>();

function kernelNames(): readonly string[] {
  return [...ours].sort();
}

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  const current = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (current !== undefined) {
    if (!ours.has(kernelName)) replaced.set(kernelName, current);
    tf.unregisterKernel(kernelName, 'wasm');
  }
  ours.add(kernelName);
  // A new backend sets up the kernels that it finds registered, and the stock kernel may still be called.
  const setupFunc = replaced.get(kernelName)?.setupFunc;
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc, ...(setupFunc && { setupFunc }) });
}

function stockKernel(kernelName: string): tf.KernelConfig {
  const found = replaced.get(kernelName) ?? (tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined);
  if (found === undefined) throw new Error(`tfjs's wasm backend has no kernel ${kernelName}.`);
  return found;
}
