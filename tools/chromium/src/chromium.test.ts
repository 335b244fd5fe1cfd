import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChromium } from './chromium.ts';

function folderWith(name: string, mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-test-'));
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
  return folder;
}

describe('findChromium', () => {
  it('finds the first on PATH', () => {
    const [first, second] = [folderWith('other', 0o755), folderWith('chromium-browser', 0o755)];
    expect(findChromium({ PATH: [first, second].join(delimiter) })).toBe(join(second, 'chromium-browser'));
  });

  it('prefers CHROMIUM_PATH', () => {
    const own = join(folderWith('mine', 0o755), 'mine');
    expect(findChromium({ PATH: folderWith('chromium', 0o755), CHROMIUM_PATH: own })).toBe(own);
  });

  it('passes over what cannot be executed, and gives nothing where there is none', () => {
    expect(findChromium({ PATH: folderWith('chromium', 0o644), CHROMIUM_PATH: '/nowhere' })).toBeUndefined();
    expect(findChromium({})).toBeUndefined();
  });
});
