import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findCutOff } from './cut-off.ts';

/** The header of a library for 64-bit Linux with these segments, as `[type, offset, length]`. */
function headerOf(segments: readonly (readonly [number, number, number])[]): Buffer {
  const header = Buffer.alloc(64 + 56 * segments.length);
  header.write('\x7fELF', 'latin1');
  header[4] = 2;
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(segments.length, 56);
  segments.forEach(([type, offset, length], i) => {
    const at = 64 + 56 * i;
    header.writeUInt32LE(type, at);
    header.writeBigUInt64LE(BigInt(offset), at + 8);
    header.writeBigUInt64LE(BigInt(length), at + 32);
  });
  return header;
}

function fileOf(bytes: Uint8Array, size = bytes.length): string {
  const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-cut-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'library.so');
  writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]));
  return file;
}

describe('findCutOff', () => {
  const header = headerOf([
    [1, 0, 1000],
    [1, 4096, 2000],
    [4, 9000, 100],
  ]);

  it('counts the bytes up to the last segment that is loaded', () => {
    expect(findCutOff(fileOf(header, 6095))).toEqual({ bytes: 6095, needed: 6096 });
    expect(findCutOff(fileOf(header))).toEqual({ bytes: header.length, needed: 6096 });
  });

  it('finds nothing wrong with what is whole', () => {
    expect(findCutOff(fileOf(header, 6096))).toBeUndefined();
    expect(findCutOff(process.execPath)).toBeUndefined();
  });

  it.each([
    ['empty', new Uint8Array(0)],
    ['of another format', new Uint8Array(500).fill(7)],
    ['for 32 bits', Buffer.concat([Buffer.from('\x7fELF\x01', 'latin1'), Buffer.alloc(100, 255)])],
  ])('says nothing of a file that is %s', (_, bytes) => {
    expect(findCutOff(fileOf(bytes))).toBeUndefined();
  });
});
