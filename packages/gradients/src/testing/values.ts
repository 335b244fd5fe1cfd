import { type NdArray, ndArray, sizeOf } from './nd-array.ts';

/** Numbers in [0, 1), the same for the same seed (a multiplicative congruential generator with mixing). */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What an input of a test holds. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** Bounds of uniform random values. Default -2 and 2. */
  readonly range?: readonly [low: number, high: number];
  /** The values themselves, in place of random ones. */
  readonly values?: readonly number[];
}

/** The array that a specification describes; all its values are float32 numbers. */
export function valuesOf({ shape, range: [low, high] = [-2, 2], values }: InputSpec, seed: number): NdArray {
  const next = generator(seed);
  const numbers = values ?? Array.from({ length: sizeOf(shape) }, () => low + (high - low) * next());
  return ndArray(shape, Float32Array.from(numbers));
}
