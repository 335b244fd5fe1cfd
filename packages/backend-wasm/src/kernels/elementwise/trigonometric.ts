import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  i8x16,
  i32,
  i32x4,
  type Local,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { integral, magnitudeOf, withSignOf } from './exponential.ts';
import type { MapLanes } from './map.ts';
import { factorial, fitPolynomial, polynomial, powerSeries } from './polynomial.ts';
import type { TwoSteps } from './steps.ts';

/** Up to here the reduction to a quadrant is exact enough; larger arguments are computed one by one. */
export const largestReducible: number = 2 ** 20;

/** π/2 in two parts: the upper has so few digits that its product with a quadrant's number is exact. */
const halfPiHigh = Math.floor((Math.PI / 2) * 2 ** 32) / 2 ** 32;
/** What the upper part of π/2 lacks, with the digits that a float64 of π does not have. */
const halfPiLow = Math.PI / 2 - halfPiHigh + 6.123233995736766e-17;

/** The same in three parts for float32, for quadrants up to 2^15. */
const shortHigh = Math.floor((Math.PI / 2) * 2 ** 8) / 2 ** 8;
const shortMiddle = Math.floor((Math.PI / 2 - shortHigh) * 2 ** 17) / 2 ** 17;
const shortHalfPi = [shortHigh, shortMiddle, Math.PI / 2 - shortHigh - shortMiddle];

/** Where less than this share of an angle is left, too many digits of π/2 are missing in float32. */
const leastShare = 2 ** -16;

/** The largest angle that is left: the quadrant of a large angle may be the one beside. */
const largestRest = Math.PI / 4 + 0.1;

const sineOfRoot = fitPolynomial((square) => -alternating(square, 3), 0, largestRest ** 2, 2);
const cosineOfRoot = fitPolynomial((square) => alternating(square, 4), 0, largestRest ** 2, 2);

/** 1/first! - x/(first+2)! + x²/(first+4)! - … */
function alternating(square: number, first: number): number {
  return powerSeries(-square, (n) => 1 / factorial(first + 2 * n));
}

/** The quadrant that the angle is in, so many quarter turns further: an integer, of which the lower bits count. */
function quadrantOf(f: FunctionBuilder, x: V128, quarterTurns: 0 | 1): V128 {
  return f32x4.add(f32x4.mul(x, f.number(2 / Math.PI)), f.number(integral + quarterTurns));
}

/** The angle from the middle of the quadrant that `quadrantOf` gives. Marks in `outside` what is too large. */
function restOf(quarterTurns: 0 | 1): MapLanes {
  return (f, x, outside) => {
    const n = f.local('v128', f32x4.sub(quadrantOf(f, x, quarterTurns), f.number(integral + quarterTurns)));
    const less = (from: V128, part: number): V128 => f.multiplyAdd(n, f.number(-part), from);
    const rest = f.local('v128', shortHalfPi.reduce<V128>(less, x));
    // Of too large angles too small a share is left, too.
    const isInexact = f32x4.lt(magnitudeOf(f, rest), f32x4.mul(magnitudeOf(f, x), f.number(leastShare)));
    f.if(i32x4.bitmask(isInexact), () => {
      f.set(rest, restOfLong(f, x, n));
      f.set(outside, v128.or(outside, f32x4.gt(f32x4.abs(x), f32x4.const(largestReducible))));
    });
    return rest;
  };
}

/** The same by float64. */
function restOfLong(f: FunctionBuilder, x: Local<'v128'>, n: Local<'v128'>): V128 {
  const half = (pick: (lanes: V128) => V128): V128 => {
    const wide = f.local('v128', f64x2.fromLowF32x4(pick(n)));
    const high = f64x2.sub(f64x2.fromLowF32x4(pick(x)), f64x2.mul(wide, f64x2.const(halfPiHigh)));
    return f32x4.fromF64x2(f64x2.sub(high, f64x2.mul(wide, f64x2.const(halfPiLow))));
  };
  const low = half((lanes) => lanes);
  const high = half((lanes) => i8x16.shuffle32(lanes, lanes, [2, 3, 2, 3]));
  return i8x16.shuffle32(low, high, [0, 1, 4, 5]);
}

/** The sine of a small angle and its square, with the sign of -0. */
function sineOf(f: FunctionBuilder, t: Local<'v128'>, square: Local<'v128'>): V128 {
  return withSignOf(f, t, f.multiplyAdd(f32x4.mul(t, square), polynomial(f, square, sineOfRoot), t));
}

/** The cosine of a small angle of that square. */
function cosineOf(f: FunctionBuilder, square: Local<'v128'>): V128 {
  const start = f.multiplyAdd(square, f.number(-0.5), f.number(1));
  return f.multiplyAdd(f32x4.mul(square, square), polynomial(f, square, cosineOfRoot), start);
}

/** All bits where an integer is odd. */
function isOdd(f: FunctionBuilder, integer: V128): Local<'v128'> {
  return f.local('v128', i32x4.shrS(i32x4.shl(integer, i32.const(31)), i32.const(31)));
}

/** The sine of an angle from its quadrant and the angle that is left. */
function sineIn(f: FunctionBuilder, quadrant: Local<'v128'>, rest: Local<'v128'>): V128 {
  const square = f.local('v128', f32x4.mul(rest, rest));
  const negative = i32x4.shl(v128.and(quadrant, f.constant(i32x4.const(2))), i32.const(30));
  return v128.xor(v128.select(isOdd(f, quadrant), cosineOf(f, square), sineOf(f, rest, square)), negative);
}

/** The sine of the angle that is a number of quarter turns further. */
function shiftedSine(quarterTurns: 0 | 1): TwoSteps {
  return {
    first: restOf(quarterTurns),
    second: (f, x, rest) => sineIn(f, f.local('v128', quadrantOf(f, x, quarterTurns)), rest),
  };
}

/** The sine of angles up to `largestReducible`: within 1.6 ulp. */
export const sin: TwoSteps = shiftedSine(0);

/** The cosine of angles up to `largestReducible`: within 1.6 ulp. */
export const cos: TwoSteps = shiftedSine(1);

/** The tangent of angles up to `largestReducible`: within 4 ulp. */
export const tan: TwoSteps = {
  first: restOf(0),
  second: (f, x, rest) => {
    const square = f.local('v128', f32x4.mul(rest, rest));
    const [sine, cosine] = [f.local('v128', sineOf(f, rest, square)), f.local('v128', cosineOf(f, square))];
    const odd = isOdd(f, quadrantOf(f, x, 0));
    return f32x4.div(v128.select(odd, f32x4.neg(cosine), sine), v128.select(odd, sine, cosine));
  },
};
