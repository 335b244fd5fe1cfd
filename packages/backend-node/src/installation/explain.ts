import { downloadAnew, rebuild } from './installation.ts';
import type { PackageName } from './package-names.ts';
import type { Problem } from './problem.ts';

interface Explanation {
  readonly sign: RegExp;
  readonly reason: (packageName: PackageName, message: string, name: string | undefined) => string;
  /** Default: to make the native module anew. */
  readonly remedy?: (packageName: PackageName, name: string | undefined) => string;
}

/** What the loaders of Linux, macOS and Windows say, and what it means here; a group of the sign is the name in it. */
const explanations: readonly Explanation[] = [
  {
    sign: /(\S+): cannot open shared object file|Library not loaded: (\S+)|The specified module could not be found/,
    reason: (packageName, _, name) =>
      `${name === undefined ? 'a library' : name} that the native module of ${packageName} needs is missing`,
  },
  {
    sign: /undefined symbol: |Symbol not found: |procedure could not be found|version `(?!GLIBC|CXXABI)\S+' not found/,
    reason: (packageName, message) =>
      `the TensorFlow library is not the one that the native module of ${packageName} was built for (${message})`,
    remedy: downloadAnew,
  },
  {
    sign: /Cannot find module '([^']+)'/,
    reason: (packageName, _, name) => `${name} is missing, which ${packageName} imports`,
    remedy: (_, name) => `npm install ${name}`,
  },
  {
    sign: /version `(GLIBC\S+)' not found/,
    reason: (packageName, message) => `this system is too old for the native module of ${packageName} (${message})`,
  },
  {
    sign: /invalid ELF header|file too short|wrong architecture|not a valid Win32 application|mach-o file/,
    reason: (packageName, message) =>
      `the native module of ${packageName} is damaged or for another platform (${message})`,
  },
];

/** Why a package could not be loaded, from the words of the system. */
export function explainLoadFailure(packageName: PackageName, message: string): Problem {
  const [firstLine = ''] = message.split('\n');
  for (const { sign, reason, remedy = rebuild } of explanations) {
    const match = sign.exec(message);
    if (match === null) continue;
    const name = match.slice(1).find((group) => group !== undefined);
    return { reason: reason(packageName, firstLine, name), remedy: remedy(packageName, name) };
  }
  return { reason: `${packageName} cannot be loaded (${firstLine})`, remedy: rebuild(packageName) };
}

/** What TensorFlow prints where it finds no usable GPU, the most telling first. */
const gpuSigns: readonly RegExp[] = [
  /Could not load dynamic library '[^']+'/,
  /failed call to cuInit: .*/,
  /Could not find cuda drivers on your machine/,
  /Cannot dlopen some GPU libraries/,
  /CUDA_ERROR_\w+.*/,
];

/** Why TensorFlow does not use a GPU, from what it printed. */
export function explainMissingGpu(printed: string): Problem {
  const cause = gpuSigns.map((sign) => sign.exec(printed)?.[0]).find((found) => found !== undefined);
  return {
    reason: `TensorFlow finds no GPU that it can use${cause === undefined ? '' : ` (it says: ${cause.trim()})`}`,
    remedy:
      'it needs an NVIDIA GPU with its driver, and the CUDA and cuDNN libraries of its version where the system finds ' +
      'them (LD_LIBRARY_PATH on Linux); nvidia-smi shows whether the driver works',
  };
}
