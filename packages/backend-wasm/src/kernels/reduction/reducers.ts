import { f32x4, i32x4, type V128 } from '../../emitter/index.ts';

/** How many numbers become one. */
export interface Reducer {
  /** The result for no numbers. */
  readonly identity: V128;
  readonly combine: (a: V128, b: V128) => V128;
  /** The same for numbers only, where that is faster: of NaN it keeps one that is the first of the two. */
  readonly combineNumbers?: (a: V128, b: V128) => V128;
}

/** The ways to reduce numbers, by kernel and dtype. */
export const reducers: Readonly<Record<string, Reducer>> = {
  'Sum/float32': { identity: f32x4.const(0), combine: f32x4.add },
  'Prod/float32': { identity: f32x4.const(1), combine: f32x4.mul },
  'Max/float32': {
    identity: f32x4.const(Number.NEGATIVE_INFINITY),
    combine: f32x4.max,
    combineNumbers: f32x4.pmax,
  },
  'Min/float32': {
    identity: f32x4.const(Number.POSITIVE_INFINITY),
    combine: f32x4.min,
    combineNumbers: f32x4.pmin,
  },
  'Sum/int32': { identity: i32x4.const(0), combine: i32x4.add },
  'Prod/int32': { identity: i32x4.const(1), combine: i32x4.mul },
  'Max/int32': { identity: i32x4.const(-(2 ** 31)), combine: i32x4.maxS },
  'Min/int32': { identity: i32x4.const(2 ** 31 - 1), combine: i32x4.minS },
};
