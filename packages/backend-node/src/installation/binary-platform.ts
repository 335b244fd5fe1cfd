import { closeSync, openSync, readSync, statSync } from 'node:fs';

const elfMachines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
const machMachines: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' };
const windowsMachines: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };

/** What a file's first bytes say. */
export type BinaryPlatform =
  | { readonly kind: 'binary'; readonly platform: string; readonly arch: string | undefined }
  /** No format that this knows: nothing can be said. */
  | { readonly kind: 'unknown' };

/**
 * The platform that a native module was built for, as node names it: `linux` and `x64`.
 *
 * @param file The path of the module.
 */
export function binaryPlatform(file: string): BinaryPlatform {
  const bytes = firstBytes(file, 4096);
  if (bytes.length < 64) return { kind: 'unknown' };
  if (bytes.readUInt32BE(0) === 0x7f454c46) return found('linux', elfMachines[bytes.readUInt16LE(18)]);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return found('darwin', machMachines[bytes.readUInt32LE(4)]);
  if (bytes.toString('latin1', 0, 2) === 'MZ') return found('win32', windowsMachine(bytes));
  return { kind: 'unknown' };
}

function found(platform: string, arch: string | undefined): BinaryPlatform {
  return { kind: 'binary', platform, arch };
}

function windowsMachine(bytes: Buffer): string | undefined {
  const header = bytes.readUInt32LE(0x3c);
  return header + 6 <= bytes.length ? windowsMachines[bytes.readUInt16LE(header + 4)] : undefined;
}

/** Nothing where it is no file. */
function firstBytes(file: string, count: number): Buffer {
  if (!statSync(file).isFile()) return Buffer.alloc(0);
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0));
  } finally {
    closeSync(handle);
  }
}
