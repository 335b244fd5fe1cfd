import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { stripes } from '@sonnetjs/example-kit/testing';
import { beforeAll, expect, it, vi } from 'vitest';
import { distortDigits } from './distort.ts';
import { type Lesson, teach } from './teach.ts';

beforeAll(() => useBackend(wasm()));

it('teaches a reader with and without a straightener, and tells what each of them saw', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  resetDefaultGraph({ seed: 1 });
  const digits = { train: stripes(40), test: await distortDigits(stripes(20), 1) };
  const options = { epochs: 2, batch: 20, seed: 1 };
  const names = ({ variables }: Lesson) => variables.map(({ name }) => name.split('/')[0]);

  const plain = await teach(false, digits, options);
  expect(plain.losses).toHaveLength(4);
  expect(plain.seen).toEqual(digits.test);
  expect(new Set(names(plain))).toEqual(new Set(['reader']));

  const straightened = await teach(true, digits, options);
  expect(straightened.seen.labels).toEqual(digits.test.labels);
  expect(straightened.seen.pixels).not.toEqual(digits.test.pixels);
  expect(new Set(names(straightened))).toEqual(new Set(['straightener', 'reader']));
  for (const { accuracy } of [plain, straightened]) {
    expect(accuracy).toBeGreaterThanOrEqual(0);
    expect(accuracy).toBeLessThanOrEqual(1);
  }
  // The first step is the same one: at first nothing is straightened.
  expect(straightened.losses[0]).toBeCloseTo(plain.losses[0] as number, 3);
});
