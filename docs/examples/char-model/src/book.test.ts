import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError } from '@sonnetjs/example-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBook } from './book.ts';

describe('readBook', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'book-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it('has "Moby-Dick"', async () => {
    const { title, text } = await readBook(null);
    expect(title).toBe('Moby-Dick');
    expect(text.length).toBeGreaterThan(1_200_000);
    expect(text).toContain('\n\nCall me Ishmael. Some years ago—never mind how long precisely—');
    expect(text).not.toContain('\r');
    expect(text.trimEnd()).toMatch(/only found another orphan\.$/);
  });

  it('reads a file, with lines that end alike', async () => {
    const path = await file('lines.txt', '\uFEFFone\r\ntwo\rthree\n');
    expect(await readBook(path)).toEqual({ title: path, text: 'one\ntwo\nthree\n' });
  });

  it('refuses what is no text', async () => {
    const missing = join(folder, 'missing.txt');
    await expect(readBook(missing)).rejects.toThrow(`--text: "${missing}" cannot be read: there is no such file.`);
    await expect(readBook(folder)).rejects.toThrow('cannot be read: it is a folder.');
    const latin1 = await file('latin1.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
    await expect(readBook(latin1)).rejects.toThrow(OptionError);
    await expect(readBook(latin1)).rejects.toThrow(`"${latin1}" is no text in UTF-8.`);
  });
});
