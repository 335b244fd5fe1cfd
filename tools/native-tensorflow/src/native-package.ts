import { cpSync, mkdirSync, readdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Stamp } from './prepared.ts';
import { run } from './run.ts';

/** The version of node's native interface that the module is built for; every node that is supported has it. */
const interfaceVersion = 8;

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/**
 * Copies the installed package, moves TensorFlow's libraries into it and compiles its native module.
 *
 * @param tensorflow The folder of the unpacked wheel; the libraries are moved out of it.
 * @param folder Gets `node_modules`, in which the package stands beside links to what it needs: to the workspace's own
 *   copies, so that there is only one tfjs-core.
 */
export async function buildPackage({ packageName, source }: Stamp, tensorflow: string, folder: string): Promise<void> {
  const target = join(folder, 'node_modules', packageName);
  linkNeighbours(source, packageName, join(folder, 'node_modules'));
  cpSync(source, target, { recursive: true, dereference: true, filter: (file) => !/_test\.(js|d\.ts)$/.test(file) });
  const [libraryFolder, moduleFolder] = [join(target, 'deps/lib'), join(target, `lib/napi-v${interfaceVersion}`)];
  for (const made of [libraryFolder, moduleFolder]) mkdirSync(made, { recursive: true });
  for (const library of libraries) renameSync(join(tensorflow, library), join(libraryFolder, library));
  const headers = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  await run('Compiling the native module', 'g++', [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', `-DNAPI_VERSION=${interfaceVersion}`],
    ...[join(headers, 'include'), join(tensorflow, 'include'), target].map((path) => `-I${path}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(target, 'binding', file)),
    ...['-o', join(moduleFolder, 'tfjs_binding.node'), `-L${libraryFolder}`],
    ...libraries.map((library) => `-l:${library}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
}

/** Links what stands beside an installed package, which it may import, and tfjs-core, which it imports without saying so. */
function linkNeighbours(source: string, packageName: string, target: string): void {
  const neighbours = dirname(dirname(source));
  const folders = namesIn(neighbours).map((name) => [name, realpathSync(join(neighbours, name))] as const);
  const [, tfjs = ''] = folders.find(([name]) => name === '@tensorflow/tfjs') ?? [];
  const core = createRequire(join(tfjs, 'package.json')).resolve('@tensorflow/tfjs-core/package.json');
  for (const [name, folder] of [...folders, ['@tensorflow/tfjs-core', dirname(core)] as const]) {
    if (name === packageName) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true });
    symlinkSync(folder, join(target, name));
  }
}

function namesIn(modules: string): string[] {
  return readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
