import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pin } from './pins.ts';
import { run } from './run.ts';

const unpack = fileURLToPath(new URL('../scripts/unpack.py', import.meta.url));

/** Wheels of this kind run on every Linux of the last ten years; what is taken from them is the same for every Python. */
const target = [
  '--only-binary=:all:',
  '--python-version=3.11',
  '--implementation=cp',
  '--platform=manylinux2014_x86_64',
];
/** Where there is no index of packages, pip gives up soon. */
const patience = ['--retries=1', '--timeout=15', '--disable-pip-version-check', '--quiet'];

/**
 * Downloads TensorFlow's wheel with pip, which checks its hash, and unpacks what a native module is built and run with.
 *
 * @param folder An existing folder for both.
 * @returns The folder that holds `libtensorflow_cc.so.2`, `libtensorflow_framework.so.2` and `include`.
 */
export async function unpackWheel({ wheel, version, sha256 }: Pin, folder: string): Promise<string> {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${wheel}==${version} --hash=sha256:${sha256}\n`);
  const args = ['--no-deps', '--require-hashes', ...target, ...patience, '--dest', folder, '-r', requirements];
  await run('The download of TensorFlow', 'python3', ['-m', 'pip', 'download', ...args]);
  const file = readdirSync(folder).find((name) => name.endsWith('.whl')) as string;
  await run('Unpacking TensorFlow', 'python3', [unpack, join(folder, file), folder]);
  return join(folder, 'tensorflow');
}
