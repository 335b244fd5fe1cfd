import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { type Digits, PIXELS } from './digits.ts';
import { drawPairs } from './draw-pairs.ts';

/** Images of one ink each. */
function plain(labels: readonly number[], inks: readonly number[]): Digits {
  const pixels = new Float32Array(labels.length * PIXELS);
  for (const [i, ink] of inks.entries()) pixels.fill(ink, i * PIXELS, (i + 1) * PIXELS);
  return { count: labels.length, pixels, labels: Int32Array.from(labels) };
}

/** The grey at a place of the picture. */
function greyAt(png: PNG, x: number, y: number): number {
  const [red, green, blue, alpha] = png.data.subarray((y * png.width + x) * 4);
  expect([green, blue, alpha]).toEqual([red, red, 255]);
  return red as number;
}

/** The greys in the middle of a pair in the picture. */
function pairAt(png: PNG, digit: number, row: number): number[] {
  const [left, top] = [14 + digit * 98 + 42, 14 + row * 184 + 42];
  return [greyAt(png, left, top), greyAt(png, left, top + 86)];
}

describe('drawPairs', () => {
  it('shows each digit above what was made of it, in the column of its label', () => {
    const labels = [3, 0, 3];
    const png = PNG.sync.read(Buffer.from(drawPairs(plain(labels, [0, 0.2, 0.4]), plain(labels, [1, 0.8, 0.6]))));
    expect([png.width, png.height]).toEqual([994, 750]);
    expect(pairAt(png, 3, 0)).toEqual([255, 0]);
    expect(pairAt(png, 0, 0)).toEqual([204, 51]);
    expect(pairAt(png, 3, 1)).toEqual([153, 102]);
    // Nothing is drawn where there is no digit.
    expect(pairAt(png, 1, 0)).toEqual([226, 226]);
    expect(greyAt(png, 0, 0)).toBe(226);
  });

  it('shows no more than four of a kind, and takes ink beyond black and white for these', () => {
    const labels = [9, 9, 9, 9, 9];
    const png = PNG.sync.read(
      Buffer.from(drawPairs(plain(labels, [2, 2, 2, 2, 2]), plain(labels, [-1, -1, -1, -1, 1]))),
    );
    for (const row of [0, 1, 2, 3]) expect(pairAt(png, 9, row)).toEqual([0, 255]);
  });

  it('draws each pixel of a digit where it belongs', () => {
    const image = plain([0], [0]);
    // Row 5, column 20.
    image.pixels[5 * 28 + 20] = 1;
    const png = PNG.sync.read(Buffer.from(drawPairs(image, plain([0], [0]))));
    const dark: [number, number][] = [];
    for (let y = 14; y < 98; y++) {
      for (let x = 14; x < 98; x++) if (greyAt(png, x, y) === 0) dark.push([x - 14, y - 14]);
    }
    expect(dark).toHaveLength(9);
    expect(dark[0]).toEqual([60, 15]);
    expect(dark[8]).toEqual([62, 17]);
  });
});
