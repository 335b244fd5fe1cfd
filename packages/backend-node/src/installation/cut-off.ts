import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How many bytes a file has, and how many it has to have. */
export interface CutOff {
  readonly bytes: number;
  readonly needed: number;
}

const loadedSegment = 1;

/**
 * Whether a library for Linux ends before what its own header says, as after a download that was interrupted: whoever loads
 * it is ended by the system at the first byte that is missing.
 *
 * @param file The path of the library.
 * @returns undefined where it is whole, or no library for 64-bit Linux.
 */
export function findCutOff(file: string): CutOff | undefined {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(4096);
    const { size: bytes } = fstatSync(handle);
    if (readSync(handle, header, 0, header.length, 0) < 64) return undefined;
    const is64Bit = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2;
    const needed = is64Bit ? endOfSegments(header) : 0;
    return bytes < needed ? { bytes, needed } : undefined;
  } finally {
    closeSync(handle);
  }
}

/** Where the last segment ends that is loaded, of those in the first bytes of the file. */
function endOfSegments(header: Buffer): number {
  const [start, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)];
  let end = 0;
  for (let at = start; at < start + size * count && at + size <= header.length; at += size) {
    if (header.readUInt32LE(at) !== loadedSegment) continue;
    const [offset, length] = [header.readBigUInt64LE(at + 8), header.readBigUInt64LE(at + 32)];
    end = Math.max(end, Number(offset + length));
  }
  return end;
}
