import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { save } from './save.ts';

it('makes the folder, writes the file, and gives its path from where the program was started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sonnetjs-save-'));
  try {
    const path = await save(join(folder, 'a', 'b'), 'note.txt', 'ink');
    expect(resolve(process.cwd(), path)).toBe(join(folder, 'a', 'b', 'note.txt'));
    expect(await readFile(path, 'utf8')).toBe('ink');
    await save(join(folder, 'a', 'b'), 'note.txt', Uint8Array.of(65));
    expect(await readFile(path, 'utf8')).toBe('A');
  } finally {
    await rm(folder, { recursive: true });
  }
});
