import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';

/** What tfjs imports for node and never uses in a browser. */
const nodeModules = ['fs', 'os', 'path', 'perf_hooks'];

/**
 * Writes a page that trains on the installed files themselves: an import map says where each package is. It has no worker,
 * for which there are no import maps.
 *
 * @returns The page's name.
 */
export function writeUnbundledPage(consumer: Consumer): string {
  const scope = 'node_modules/@sonnetjs';
  const ours = readdirSync(join(consumer.folder, scope)).map((name) => `@sonnetjs/${name}`);
  const imports = Object.fromEntries([
    ...['sonnetjs', ...ours].map((name) => [name, `/node_modules/${name}/dist/index.js`]),
    ...['core', 'backend-wasm'].map((name) => [
      `@tensorflow/tfjs-${name}`,
      `/node_modules/@tensorflow/tfjs-${name}/dist/tf-${name}.fesm.js`,
    ]),
    ...nodeModules.map((name) => [name, 'data:text/javascript,export default {}']),
  ]);
  const script = `
import { train } from '/train.js';
const error = (thrown) => ({ error: String(thrown) });
document.title = JSON.stringify({ page: await train().catch(error) });
`;
  consumer.write(
    'unbundled.html',
    `<!doctype html><title>waits</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">${script}</script>
`,
  );
  return 'unbundled.html';
}
