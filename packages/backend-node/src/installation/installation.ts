import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { binaryPlatform } from './binary-platform.ts';
import { findCutOff } from './cut-off.ts';
import type { PackageName } from './package-names.ts';
import type { Problem } from './problem.ts';

/** One of TensorFlow.js's packages as it is on disk. */
export interface Installation {
  readonly packageName: PackageName;
  readonly folder: string;
  readonly version: string;
  /** Where its native module is, or has to be. */
  readonly binding: string;
}

/** What was looked for, and found or not. */
export type Finding =
  | { readonly installation: Installation; readonly problem?: Problem }
  | { readonly installation?: undefined; readonly problem: Problem };

/** What is read of the manifest of one of TensorFlow.js's packages. */
interface Manifest {
  readonly version: string;
  readonly binary: { readonly module_name: string; readonly napi_versions?: readonly number[] };
}

/**
 * Looks for a package and for its native module, without running anything of it.
 *
 * @param packageName The package.
 * @param from A file, or a folder with a separator at the end, from which node would import the package. Default: this
 *   package, then the current folder.
 */
export function findInstallation(packageName: PackageName, from?: string | URL): Finding {
  const manifestFile = resolveManifest(packageName, from);
  if (manifestFile === undefined) {
    return { problem: { reason: `${packageName} is not installed`, remedy: `npm install ${packageName}@4` } };
  }
  const { version, binary } = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
  const folder = dirname(manifestFile);
  const binding = join(folder, 'lib', `napi-v${interfaceVersion(binary)}`, `${binary.module_name}.node`);
  const installation: Installation = { packageName, folder, version, binding };
  const problem = findProblem(installation);
  return problem === undefined ? { installation } : { installation, problem };
}

function resolveManifest(packageName: string, from: string | URL | undefined): string | undefined {
  const places = from === undefined ? [import.meta.url, process.cwd() + sep] : [from];
  for (const place of places) {
    try {
      return createRequire(place).resolve(`${packageName}/package.json`);
    } catch {
      // It is not there: the next place.
    }
  }
  return undefined;
}

/** The newest of the native interfaces that the package and this node both have: the package's own rule. */
function interfaceVersion({ napi_versions: versions = [] }: Manifest['binary']): number {
  const newest = Number(process.versions.napi);
  return Math.max(...versions.filter((version) => version <= newest), 0);
}

function findProblem(installation: Installation): Problem | undefined {
  const { packageName, version, binding } = installation;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 4 || minor < 22) {
    return { reason: `${packageName} is of version ${version}`, remedy: `npm install ${packageName}@4` };
  }
  if (!existsSync(binding)) {
    const reason = `${packageName} is installed without its native module ${binding}`;
    return { reason, remedy: `${rebuild(packageName)}, which downloads or compiles it` };
  }
  return findPlatformProblem(installation) ?? findDamage(installation);
}

function findPlatformProblem({ packageName, binding }: Installation): Problem | undefined {
  const built = binaryPlatform(binding);
  if (built.kind === 'unknown') return undefined;
  const { platform, arch = process.arch } = built;
  if (platform === process.platform && arch === process.arch) return undefined;
  return {
    reason:
      `the native module of ${packageName} was built for ${platform} ${arch}, and this is ${process.platform} ` +
      process.arch,
    remedy: `install on the machine that runs it, or there: ${rebuild(packageName)}`,
  };
}

function findDamage({ packageName, folder, binding }: Installation): Problem | undefined {
  for (const file of [binding, ...librariesOf(folder)]) {
    const cutOff = statSync(file).isFile() ? findCutOff(file) : undefined;
    if (cutOff === undefined) continue;
    const { bytes, needed } = cutOff;
    const reason = `${file} is not whole, it has ${bytes} bytes of ${needed}`;
    return { reason, remedy: downloadAnew(packageName) };
  }
  return undefined;
}

/** TensorFlow's own libraries, which stand in the package. */
function librariesOf(folder: string): string[] {
  const place = join(folder, 'deps', 'lib');
  if (!existsSync(place)) return [];
  const libraries = readdirSync(place).filter((name) => name.startsWith('libtensorflow'));
  return libraries.map((name) => join(place, name)).filter((file) => existsSync(file));
}

/** What to do where TensorFlow's libraries are not what they have to be: the package keeps those that are there. */
export function downloadAnew(packageName: PackageName): string {
  return `delete the folders deps and lib in ${packageName}, then ${rebuild(packageName)}`;
}

/** The command that makes a package's native module anew. */
export function rebuild(packageName: PackageName): string {
  return `npm rebuild ${packageName} --build-addon-from-source`;
}
