import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PackageName } from '../installation/package-names.ts';

/** What a fake of one of TensorFlow.js's packages is made of. */
export interface FakePackage {
  readonly version?: string;
  /** The native module: bytes for the system to load, or JavaScript that is loaded in its place. Default: none. */
  readonly binding?: Uint8Array | string;
  /** The package's main file, as CommonJS. */
  readonly main?: string;
}

/**
 * An empty folder with fakes installed, which goes with the test.
 *
 * @returns The folder, with a separator at the end.
 */
export function installFakes(packages: Partial<Record<PackageName, FakePackage>>): string {
  ignoreNodePath();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sonnetjs-fake-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, fake] of Object.entries(packages)) install(join(root, 'node_modules', name), name, fake);
  return root + sep;
}

/** Package managers let their scripts find packages that are not installed where they look. */
function ignoreNodePath(): void {
  delete process.env.NODE_PATH;
  (Module as unknown as { _initPaths(): void })._initPaths();
}

function install(folder: string, name: string, { version = '4.22.0', binding, main = '' }: FakePackage): void {
  mkdirSync(folder, { recursive: true });
  const binary = { module_name: 'tfjs_binding', napi_versions: [3, 8, 99] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, main: 'index.js', binary }));
  writeFileSync(join(folder, 'index.js'), main);
  if (binding === undefined) return;
  const file = join(folder, 'lib/napi-v8/tfjs_binding.node');
  mkdirSync(typeof binding === 'string' ? file : join(folder, 'lib/napi-v8'), { recursive: true });
  // Node loads a folder's index.js whatever the name of the folder.
  writeFileSync(typeof binding === 'string' ? join(file, 'index.js') : file, binding);
}

/** The start of a native module of a platform. */
export function binaryFor(platform: 'linux' | 'darwin' | 'win32', arch: 'x64' | 'arm64'): Uint8Array {
  const bytes = Buffer.alloc(512);
  if (platform === 'linux') {
    bytes.write('\x7fELF', 'latin1');
    bytes.writeUInt16LE(arch === 'x64' ? 0x3e : 0xb7, 18);
  } else if (platform === 'darwin') {
    bytes.writeUInt32LE(0xfeedfacf, 0);
    bytes.writeUInt32LE(arch === 'x64' ? 0x01000007 : 0x0100000c, 4);
  } else {
    bytes.write('MZ', 'latin1');
    bytes.writeUInt32LE(0x80, 0x3c);
    bytes.writeUInt16LE(arch === 'x64' ? 0x8664 : 0xaa64, 0x84);
  }
  return bytes;
}

/** What a fake answers and prints. */
export interface FakeAnswers {
  readonly gpu?: boolean;
  readonly product?: number;
  readonly prints?: string;
}

/** The main file of a fake that computes a product, prints a line, and says what it runs on. */
export function computing({ gpu = false, product = 21, prints = '' }: FakeAnswers = {}): string {
  return `
    console.error(${JSON.stringify(prints)});
    exports.tensor2d = (values) => values;
    exports.matMul = () => ({ dataSync: () => [${product}] });
    exports.backend = () => ({ isUsingGpuDevice: ${gpu}, binding: { TF_Version: '2.15.1' } });
  `;
}
