import { RandomStream } from '@sonnetjs/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Digits, IMAGE_SIZE, jitter, PIXELS, pick, readDigits, splitDigits } from './digits.ts';

let digits: Digits;
beforeAll(async () => {
  digits = await readDigits();
});

/** Digits that are recognizable in a shuffled set: the first pixel holds the place. */
function marked(count: number): Digits {
  const pixels = new Float32Array(count * PIXELS);
  for (let i = 0; i < count; i++) pixels[i * PIXELS] = i;
  return { count, pixels, labels: Int32Array.from({ length: count }, (_, i) => i % 10) };
}

function marks({ count, pixels }: Digits): number[] {
  return Array.from({ length: count }, (_, i) => pixels[i * PIXELS] as number);
}

describe('readDigits', () => {
  it('reads 10,000 digits, about as many of each', () => {
    expect(digits.count).toBe(10_000);
    expect(digits.pixels).toHaveLength(10_000 * PIXELS);
    for (let digit = 0; digit < 10; digit++) {
      expect(Math.abs(digits.labels.filter((label) => label === digit).length - 1000)).toBeLessThan(150);
    }
  });

  it('gives ink between 0 and 1', () => {
    expect(digits.pixels.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
  });
});

describe('splitDigits', () => {
  it('puts every digit on one side, with its label', () => {
    const { train, test } = splitDigits(marked(100), RandomStream.fromSeed(3));
    expect([train.count, test.count]).toEqual([80, 20]);
    const places = [...marks(train), ...marks(test)];
    expect(places.toSorted((a, b) => a - b)).toEqual(marks(marked(100)));
    expect([...train.labels, ...test.labels]).toEqual(places.map((place) => place % 10));
  });

  it('shuffles by the seed', () => {
    const order = (seed: number) => marks(splitDigits(marked(100), RandomStream.fromSeed(seed)).train);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it('takes a part when that is enough', () => {
    const { train, test } = splitDigits(marked(100), RandomStream.fromSeed(3), 15);
    expect([train.count, test.count]).toEqual([12, 3]);
  });
});

describe('jitter', () => {
  it('moves each image by up to a pixel in each direction, all of them as often', () => {
    const centre = 14 * IMAGE_SIZE + 14;
    const pixels = new Float32Array(900 * PIXELS);
    for (let i = 0; i < 900; i++) pixels[i * PIXELS + centre] = 1;
    const moved = jitter({ count: 900, pixels, labels: new Int32Array(900) }, RandomStream.fromSeed(1));
    const moves = new Map<number, number>();
    for (let i = 0; i < 900; i++) {
      const image = moved.pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
      expect(image.filter((ink) => ink > 0)).toEqual(Float32Array.of(1));
      const distance = image.indexOf(1) - centre;
      moves.set(distance, (moves.get(distance) ?? 0) + 1);
    }
    expect([...moves.keys()].sort((a, b) => a - b)).toEqual([-29, -28, -27, -1, 0, 1, 27, 28, 29]);
    for (const times of moves.values()) expect(Math.abs(times - 100)).toBeLessThan(40);
  });

  it('cuts off what leaves the frame', () => {
    const full = { count: 50, pixels: new Float32Array(50 * PIXELS).fill(1), labels: new Int32Array(50) };
    const moved = jitter(full, RandomStream.fromSeed(1));
    const inks = Array.from({ length: 50 }, (_, i) =>
      moved.pixels.subarray(i * PIXELS, (i + 1) * PIXELS).reduce((sum, ink) => sum + ink),
    );
    expect(new Set(inks)).toEqual(new Set([28 * 28, 27 * 28, 27 * 27]));
  });

  it('leaves the digits that it was given', () => {
    const some = pick(digits, Int32Array.of(0, 5000));
    const before = some.pixels.slice();
    jitter(some, RandomStream.fromSeed(1));
    expect(some.pixels).toEqual(before);
  });
});
