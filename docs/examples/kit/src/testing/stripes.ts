import { type Digits, IMAGE_SIZE, PIXELS } from '../digits.ts';

/** Digits that are easy to tell apart: each one is a stripe of ink in a place of its own. */
export function stripes(count: number): Digits {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  const pixels = new Float32Array(count * PIXELS);
  for (const [i, label] of labels.entries()) {
    const row = i * PIXELS + (2 + 2 * label) * IMAGE_SIZE;
    pixels.fill(1, row + 4, row + IMAGE_SIZE - 4);
  }
  return { count, pixels, labels };
}
