import { f32x4, i32x4, type V128 } from '../../emitter/index.ts';

/** What counts as the place of an extremum. */
export interface Extremum {
  /** Whether a number takes the place of the best so far; a NaN neither does so nor is replaced. */
  readonly isBetter: (value: V128, best: V128) => V128;
  /** The number, or the best so far if it is not better. */
  readonly better: (best: V128, value: V128) => V128;
  /** False where one is NaN, even of NaN and itself. */
  readonly isSame: (a: V128, b: V128) => V128;
  /** The number that all others are at least as good as. */
  readonly worst: V128;
}

/** The extrema, by kernel and dtype. */
export const extrema: Readonly<Record<string, Extremum>> = {
  'ArgMax/float32': {
    isBetter: f32x4.gt,
    better: f32x4.pmax,
    isSame: f32x4.eq,
    worst: f32x4.const(Number.NEGATIVE_INFINITY),
  },
  'ArgMin/float32': {
    isBetter: f32x4.lt,
    better: f32x4.pmin,
    isSame: f32x4.eq,
    worst: f32x4.const(Number.POSITIVE_INFINITY),
  },
  'ArgMax/int32': {
    isBetter: i32x4.gtS,
    better: i32x4.maxS,
    isSame: i32x4.eq,
    worst: i32x4.const(-(2 ** 31)),
  },
  'ArgMin/int32': {
    isBetter: i32x4.ltS,
    better: i32x4.minS,
    isSame: i32x4.eq,
    worst: i32x4.const(2 ** 31 - 1),
  },
};
