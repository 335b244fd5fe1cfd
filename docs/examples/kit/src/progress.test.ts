import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress, type Work } from './progress.ts';

/** Runs two epochs of two steps and gives what was written. */
function display(isTTY: boolean, work: Partial<Work> = {}): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 });
  const all: Work = { stage: 'epoch', unit: 'images', ...work };
  const progress = startProgress(all, stream as unknown as NodeJS.WriteStream);
  const { done = 0 } = work;
  for (const epoch of [1, 2]) {
    for (const [amount, share] of [
      [10, (epoch - 1 / 3) / 2],
      [5, epoch / 2],
    ] as const) {
      progress.update({ stage: `${epoch}/2`, amount, loss: 1 / epoch, share: done + (1 - done) * share });
    }
    progress.line();
    if (epoch === 1) progress.print('half', 'of it');
  }
  expect(progress.finish()).toBeGreaterThan(0);
  return String(stream.read());
}

describe('startProgress', () => {
  it('prints lines where there is no terminal', () => {
    const lines = display(false).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^epoch 1\/2 {2}loss 1\.000 {2}[\d,]+ images\/s {2}\d+ s left$/);
    expect(lines.slice(1, 3)).toEqual(['half', 'of it']);
    expect(lines[3]).toMatch(/^epoch 2\/2 {2}loss 0\.951 {2}[\d,]+ images\/s {2}0 s left$/);
    expect(lines[4]).toBe('');
  });

  it('calls things as it is told', () => {
    const [line] = display(false, { stage: 'step', loss: 'bits', unit: 'characters' }).split('\n');
    expect(line).toMatch(/^step 1\/2 {2}bits 1\.000 {2}[\d,]+ characters\/s {2}\d+ s left$/);
  });

  it('draws a bar on a terminal and gives the cursor back', () => {
    const text = display(true);
    expect(text).toContain(`${'█'.repeat(24)} epoch 2/2 · loss 0.951`);
    expect(text.indexOf('\u001b[?25l')).toBeLessThan(text.indexOf('█'));
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('░'));
  });

  it('prints above the bar, which stays the last line', () => {
    const text = display(true);
    expect(text.indexOf('half\nof it\n')).toBeGreaterThan(0);
    expect(text.lastIndexOf('half')).toBeLessThan(text.lastIndexOf('█'.repeat(24)));
  });

  it('begins where an earlier run has ended', () => {
    expect(display(true, { done: 0.5 })).toMatch(/of it\n[^█]*█{18}░{6} epoch 1\/2/);
  });
});
