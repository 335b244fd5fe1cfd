import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ours from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import type * as Entry from './entry.ts';

/** TensorFlow.js, ours or stock: programs that take it as an argument run on either. */
export type Tfjs = Omit<typeof ours, 'default'>;

/**
 * Which build of tfjs is stock.
 *
 * - `bundled`: what bundlers take, in modern JavaScript and with the gradients of `@tensorflow/tfjs`; for training.
 * - `node`: what plain node takes, which is what ours runs on; it has no gradients. An op on few elements takes a tenth
 *   longer than in the other build, whatever its kernel, so that kernels can only be held against each other in this one.
 */
export type StockBuild = 'bundled' | 'node';

const builds: Readonly<Record<StockBuild, { readonly entry: string; readonly mainFields: string[] }>> = {
  bundled: { entry: 'entry', mainFields: ['module', 'main'] },
  node: { entry: 'node-entry', mainFields: ['main'] },
};

/**
 * Loads a second TensorFlow.js into this process, as users of it have it: with its own engine, its own gradients, its own
 * kernels and its own heap.
 *
 * Copies of tfjs find each other through a global object, and would share all of that. This one is bundled with another
 * object in its place.
 *
 * @returns It, with the wasm backend set.
 * @throws Error when it shares anything with ours.
 */
export async function loadStock(stockBuild: StockBuild): Promise<Tfjs> {
  const require = createRequire(import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-bench-'));
  try {
    const outfile = join(folder, 'stock.cjs');
    const { entry, mainFields } = builds[stockBuild];
    await build({
      // Beside this file there are sources in tests and compiled files otherwise.
      entryPoints: [fileURLToPath(new URL(import.meta.url.replace(/stock-tfjs\.(\w+)$/, `${entry}.$1`)))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields,
      define: { global: 'stockGlobal' },
      banner: { js: 'const stockGlobal = {};' },
      logLevel: 'error',
    });
    const stock = require(outfile) as typeof Entry;
    const binaries = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    stock.setWasmPaths(`${binaries}/`);
    stock.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (!(await stock.setBackend('wasm'))) throw new Error('Stock tfjs did not start its wasm backend.');
    checkApart(stock);
    const hasGradients = stock.getGradient('BatchMatMul') !== undefined;
    if (stockBuild === 'bundled' && !hasGradients) throw new Error('Stock tfjs was bundled without its gradients.');
    return stock;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The WebAssembly memory of a tfjs on its wasm backend. */
export function heapOf(tf: Tfjs): WebAssembly.Memory {
  const backend = tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } };
  return backend.wasm.asm.memory;
}

function checkApart(stock: Tfjs): void {
  const kernels = [stock, ours].map((tf) => tf.getKernel('Add', 'wasm'));
  const shared = [
    stock.engine() === ours.engine(),
    stock.Tensor === ours.Tensor,
    kernels[0] === kernels[1],
    ours.getBackend() === 'wasm' && heapOf(stock) === heapOf(ours),
  ];
  if (shared.includes(true)) throw new Error('Stock tfjs shares its engine with the tfjs that is measured against it.');
}
