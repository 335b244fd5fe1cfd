import { type FunctionBuilder, f32x4, i32x4, type V128, v128 } from '../../emitter/index.ts';
import { inPairs } from '../combine.ts';
import { magnitudeOf } from '../elementwise/exponential.ts';
import { bitsOfMaximum, bitsOfMinimum, type FloatBits } from './float-bits.ts';

/** How many numbers become one. */
export interface Reducer {
  /** The result for no numbers. */
  readonly identity: V128;
  /** The result for two. */
  readonly combine: (a: V128, b: V128) => V128;
  /** Where a NaN gets lost that is the second of the two, but not one that is the first: how bits tell the result. */
  readonly bits?: FloatBits;
}

/** The ways to reduce numbers, by kernel and dtype. */
export const reducers: Readonly<Record<string, Reducer>> = {
  'Sum/float32': { identity: f32x4.const(0), combine: f32x4.add },
  'Prod/float32': { identity: f32x4.const(1), combine: f32x4.mul },
  'Max/float32': { identity: f32x4.const(Number.NEGATIVE_INFINITY), combine: f32x4.pmax, bits: bitsOfMaximum },
  'Min/float32': { identity: f32x4.const(Number.POSITIVE_INFINITY), combine: f32x4.pmin, bits: bitsOfMinimum },
  'Sum/int32': { identity: i32x4.const(0), combine: i32x4.add },
  'Prod/int32': { identity: i32x4.const(1), combine: i32x4.mul },
  'Max/int32': { identity: i32x4.const(-(2 ** 31)), combine: i32x4.maxS },
  'Min/int32': { identity: i32x4.const(2 ** 31 - 1), combine: i32x4.minS },
};

const infinity = i32x4.const(0x7f800000);

/** A result combined with vectors of numbers, at least one; NaN in the lanes where one of them is. */
export function join(f: FunctionBuilder, reducer: Reducer, result: V128, values: readonly V128[]): V128 {
  const { combine, bits } = reducer;
  if (bits === undefined) return combine(result, inPairs(values, combine));
  // Without its sign a NaN is a larger integer than all numbers.
  const numbers = values.map((value) => f.local('v128', value));
  const sizes = numbers.map((value) => magnitudeOf(f, value));
  const hasNaN = i32x4.gtS(inTurn(sizes, i32x4.maxS), f.constant(infinity));
  return v128.or(combine(result, inTurn(numbers, combine)), hasNaN);
}

/** All values combined, one after the other: few need to be in registers at once. */
function inTurn(values: readonly V128[], combine: Reducer['combine']): V128 {
  return values.reduce((a, b) => combine(a, b));
}
