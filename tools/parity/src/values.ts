import { type Dtype, type NdArray, type Shape, sizeOf } from './nd-array.ts';

/** What an input holds; the numbers themselves follow from the seed of the case. */
export interface InputSpec {
  readonly shape: Shape;
  /** Default `float32`. */
  readonly dtype?: Dtype;
  /** Bounds of uniform random values. Default -2 and 2; whole numbers from -3 to 3 for integers. */
  readonly range?: readonly [low: number, high: number];
  /** Whole numbers only, of which some will be equal. */
  readonly whole?: boolean;
  /** All magnitudes, and infinities, NaN, zeros of both signs and denormals among them. */
  readonly wide?: boolean;
  /** Whole numbers from 0 to below these bounds, one bound for each position along the last axis. */
  readonly below?: readonly number[];
  /** All elements, where random ones will not do. */
  readonly values?: readonly number[];
}

/** Numbers in [0, 1), the same for the same seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

const SPECIAL: readonly number[] = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -2.5,
  2 ** -126,
  2 ** -149,
  -(2 ** -149),
  3 * 2 ** -130,
  2 ** 127,
  -(2 ** 127),
  88.5,
  -88.5,
  104,
  -104,
  2 ** 23 + 1,
  2 ** 31,
  -(2 ** 31),
];

function wideValue(next: () => number): number {
  const kind = next();
  if (kind < 0.25) return SPECIAL[Math.floor(next() * SPECIAL.length)] as number;
  const sign = next() < 0.5 ? -1 : 1;
  if (kind < 0.5) return sign * 2 ** (next() * 60 - 30);
  if (kind < 0.6) return sign * 2 ** (next() * 270 - 145);
  return sign * next() * 12;
}

function oneValue({ dtype = 'float32', range, whole, wide }: InputSpec, next: () => number): number {
  if (dtype === 'bool') return next() < 0.5 ? 0 : 1;
  const integral = whole === true || dtype === 'int32';
  if (wide === true && dtype === 'float32') return Math.fround(wideValue(next));
  const [low, high] = range ?? (integral ? [-3, 3] : [-2, 2]);
  return integral ? Math.floor(low + next() * (high - low + 1)) : Math.fround(low + next() * (high - low));
}

/** The array that a specification and a seed describe. All values are numbers of its dtype. */
export function arrayOf(spec: InputSpec, seed: number): NdArray {
  const { shape, dtype = 'float32', values, below } = spec;
  if (values !== undefined) {
    return { shape, dtype, data: Float64Array.from(values, dtype === 'float32' ? Math.fround : Number) };
  }
  const next = generator(seed);
  const data = new Float64Array(sizeOf(shape)).map((_, i) =>
    below === undefined ? oneValue(spec, next) : Math.floor(next() * (below[i % below.length] as number)),
  );
  return { shape, dtype, data };
}
