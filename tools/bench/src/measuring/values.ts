/** A generator of numbers in [0, 1), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 0x9e3779b1 + 0x6d2b79f5) >>> 0;
  return () => {
    state = (Math.imul(state, 0x41c64e6d) + 0x3039) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

/** The range that values are drawn from, and the seed. */
export interface ValueOptions {
  /** Default: -1. */
  readonly low?: number;
  /** Default: 1. */
  readonly high?: number;
  /** Default: 1. */
  readonly seed?: number;
}

/**
 * Float32 values that fill a buffer: pages that nobody wrote to are all the same page of zeros, and make whatever reads
 * them look fast.
 *
 * @throws Error when more than one in a hundred is zero.
 */
export function filledValues(size: number, { low = -1, high = 1, seed = 1 }: ValueOptions = {}): Float32Array {
  const next = randomNumbers(seed);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = low + (high - low) * next();
  checkFilled(values);
  return values;
}

/** @throws Error when more than one value in a hundred is zero. */
export function checkFilled(values: ArrayLike<number>): void {
  let zeros = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0) zeros++;
  if (zeros * 100 > values.length) throw new Error(`${zeros} of ${values.length} values in a buffer are zero.`);
}
