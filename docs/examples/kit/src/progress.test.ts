import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from './progress.ts';

/** Runs two epochs of two steps and gives what was written. */
function display(isTTY: boolean): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 });
  const progress = startProgress({ epochs: 2, imagesPerEpoch: 15 }, stream as unknown as NodeJS.WriteStream);
  for (const epoch of [1, 2]) for (const images of [10, 5]) progress.update({ epoch, images, loss: 1 / epoch });
  expect(progress.finish()).toBeGreaterThan(0);
  return String(stream.read());
}

describe('startProgress', () => {
  it('prints a line for each epoch where there is no terminal', () => {
    const lines = display(false).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^epoch 1\/2 {2}loss 1\.000 {2}[\d,]+ images\/s {2}\d+ s left$/);
    expect(lines[1]).toMatch(/^epoch 2\/2 {2}loss 0\.951 {2}[\d,]+ images\/s {2}0 s left$/);
    expect(lines[2]).toBe('');
  });

  it('draws a bar on a terminal and gives the cursor back', () => {
    const text = display(true);
    expect(text).toContain(`${'█'.repeat(24)} epoch 2/2 · loss 0.951`);
    expect(text.indexOf('\u001b[?25l')).toBeLessThan(text.indexOf('█'));
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('█'));
  });
});
