import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ours from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import type { Tfjs } from './stock-tfjs.ts';

/** What is bundled: tfjs-node less its main file, which would look for the native module beside the bundle. */
const entry = (packageName: string): string => `
  export { NodeJSKernelBackend } from '${packageName}/dist/nodejs_kernel_backend';
  import '${packageName}/dist/register_all_kernels';
  export * from '@tensorflow/tfjs';
`;

/** A backend of tfjs-node with the native module that this process has loaded. */
type NodeBackend = new (binding: unknown, packageName: string) => ours.KernelBackend;

/**
 * Loads a second tfjs-node into this process, as users of it have it without our adapter: with its own engine, its own
 * gradients and its own kernels. TensorFlow itself is the one that this process runs: it can only be loaded once.
 *
 * @param from The folder from which tfjs-node was loaded, with a slash at the end.
 * @param packageName Its name.
 * @returns It, with its backend set.
 * @throws Error when it shares its engine with ours.
 */
export async function loadStockTfjsNode(from: string, packageName: string): Promise<Tfjs> {
  const { binding } = ours.backend() as ours.KernelBackend & { readonly binding: unknown };
  const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-bench-'));
  try {
    const outfile = join(folder, 'stock.cjs');
    await build({
      stdin: { contents: entry(packageName), resolveDir: from },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['main'],
      define: { global: 'stockGlobal' },
      banner: { js: 'const stockGlobal = {};' },
      logLevel: 'error',
    });
    const stock = createRequire(import.meta.url)(outfile) as Tfjs & { readonly NodeJSKernelBackend: NodeBackend };
    stock.registerBackend('tensorflow', () => new stock.NodeJSKernelBackend(binding, packageName));
    if (!(await stock.setBackend('tensorflow'))) throw new Error('Stock tfjs-node did not start.');
    const shared =
      stock.engine() === ours.engine() || stock.getKernel('Add', 'tensorflow') === ours.getKernel('Add', 'tensorflow');
    if (shared) throw new Error('Stock tfjs-node shares its engine with the tfjs that is measured against it.');
    return stock;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
