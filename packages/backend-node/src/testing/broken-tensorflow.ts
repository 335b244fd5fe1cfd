import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { onTestFinished } from 'vitest';

/** What is wrong with the copy: what happened to TensorFlow's library `libtensorflow_cc.so.2`. */
export type Damage = 'missing' | 'cut off' | 'another library' | 'without a function';

const library = 'libtensorflow_cc.so.2';
const neighbour = 'libtensorflow_framework.so.2';
const module = 'lib/napi-v8/tfjs_binding.node';

/**
 * A copy of a prepared TensorFlow that is real except for one library, and goes with the test.
 *
 * @param prepared The folder of the prepared one, with a slash at the end.
 * @returns The folder of the copy, with a separator at the end.
 */
export function breakTensorFlow(prepared: string, damage: Damage): string {
  const root = mkdtempSync(join(tmpdir(), 'sonnetjs-broken-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const name = 'node_modules/@tensorflow/tfjs-node';
  const [source, target] = [join(prepared, name), join(root, name)];
  const libraries = join(target, 'deps/lib');
  mkdirSync(libraries, { recursive: true });
  for (const file of ['package.json', module]) cpSync(join(source, file), join(target, file));
  symlinkSync(join(source, 'dist'), join(target, 'dist'));
  symlinkSync(join(source, 'deps/lib', neighbour), join(libraries, neighbour));
  makeLibrary[damage](join(source, 'deps/lib'), join(libraries, library));
  return root + sep;
}

const makeLibrary: Readonly<Record<Damage, (source: string, file: string) => void>> = {
  missing() {},
  'cut off'(source, file) {
    const start = Buffer.alloc(1 << 20);
    const handle = openSync(join(source, library), 'r');
    readSync(handle, start);
    closeSync(handle);
    writeFileSync(file, start);
  },
  'another library'(source, file) {
    symlinkSync(join(source, neighbour), file);
  },
  // The same name and version of its interface, and nothing in it. Whoever prepared TensorFlow has a compiler.
  'without a function'(_, file) {
    const version = `${file}.version`;
    writeFileSync(version, 'tensorflow { global: *; };');
    const names = [`-Wl,-soname,${library}`, `-Wl,--version-script=${version}`];
    execFileSync('g++', ['-shared', '-fPIC', '-x', 'c', '/dev/null', ...names, '-o', file]);
    rmSync(version);
  },
};
