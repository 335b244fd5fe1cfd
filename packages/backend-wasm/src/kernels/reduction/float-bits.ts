import { type FunctionBuilder, type I32, i32, i32x4, type V128, v128 } from '../../emitter/index.ts';
import { forVectors } from '../elementwise/map.ts';

type Combine = (a: V128, b: V128) => V128;

/** How the extremum of floats is found among their bits as integers. */
export interface FloatBits {
  /** Of some bits those of the extremum, if it has the likely sign: plus of a maximum, minus of a minimum. */
  readonly best: Combine;
  /** Of some bits those of a NaN that has the other sign, if there is one. */
  readonly other: Combine;
  /** Which bit of `best` is to be flipped for the likely sign to be plus. */
  readonly flipBest: V128;
  /** Which bit of `other` is to be flipped for the other sign to be plus: a zero of that sign. */
  readonly flipOther: V128;
}

const [sign, none, infinity] = [i32x4.const(-(2 ** 31)), i32x4.const(0), i32x4.const(0x7f800000)];

/** Integers with sign are in the order of floats if one of them is positive; without sign those of negative floats are largest. */
export const bitsOfMaximum: FloatBits = { best: i32x4.maxS, other: i32x4.maxU, flipBest: none, flipOther: sign };
/** The least of negative floats is the largest of integers without sign. */
export const bitsOfMinimum: FloatBits = { best: i32x4.maxU, other: i32x4.maxS, flipBest: sign, flipOther: none };

/** Whether one of the four that `other` gave is a NaN. */
export function hasNaN({ flipOther }: FloatBits, other: V128): I32 {
  return v128.anyTrue(i32x4.gtS(v128.xor(other, flipOther), infinity));
}

/** Writes the code that tells whether one of so many numbers has the likely sign. */
export function hasLikely(f: FunctionBuilder, { flipBest }: FloatBits, from: I32, count: I32): I32 {
  const at = f.local('i32', from);
  const unlikely = f.local('v128', i32x4.const(-1));
  forVectors(f, { count, pointers: [at], vectors: 1 }, (load) =>
    f.set(unlikely, v128.and(unlikely, v128.xor(load(at), flipBest))),
  );
  return i32.ne(i32x4.bitmask(unlikely), i32.const(0b1111));
}
