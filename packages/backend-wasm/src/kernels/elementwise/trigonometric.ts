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
import type { Lanes } from './map.ts';
import { fitPolynomial, polynomial, powerSeries } from './polynomial.ts';

/** π/2 in two parts: the upper has so few digits that its product with a quadrant's number is exact. */
const halfPiHigh = Math.floor((Math.PI / 2) * 2 ** 32) / 2 ** 32;
/** What the upper part of π/2 lacks, with the digits that a float64 of π does not have. */
const halfPiLow = Math.PI / 2 - halfPiHigh + 6.123233995736766e-17;

/** Up to here the reduction to a quadrant is exact enough; larger arguments are computed one by one. */
export const largestReducible: number = 2 ** 20;

const sineOfRoot = fitPolynomial((square) => alternating(square, 3), 0, (Math.PI / 4) ** 2, 3);
const cosineOfRoot = fitPolynomial((square) => alternating(square, 4), 0, (Math.PI / 4) ** 2, 3);

/** 1/first! - x/(first+2)! + x²/(first+4)! - … */
function alternating(square: number, first: number): number {
  let factorial = 1;
  for (let k = 2; k <= first; k++) factorial *= k;
  return powerSeries(-square, (n) => {
    if (n > 0) factorial *= (first + 2 * n - 1) * (first + 2 * n);
    return 1 / factorial;
  });
}

/** The quadrant that an angle is in (as an integer), and the angle from the middle of the quadrant. */
function reduceAngle(f: FunctionBuilder, x: V128): { readonly quadrant: Local<'v128'>; readonly rest: Local<'v128'> } {
  const value = f.local('v128', x);
  const half = (lanes: V128): { rest: V128; quadrant: V128 } => {
    const wide = f.local('v128', f64x2.fromLowF32x4(lanes));
    const n = f.local('v128', f64x2.nearest(f64x2.mul(wide, f64x2.const(2 / Math.PI))));
    const high = f64x2.sub(wide, f64x2.mul(n, f64x2.const(halfPiHigh)));
    const rest = f64x2.sub(high, f64x2.mul(n, f64x2.const(halfPiLow)));
    return { rest: f32x4.fromF64x2(rest), quadrant: i32x4.fromF64x2(n) };
  };
  const low = half(value);
  const high = half(i8x16.shuffle32(value, value, [2, 3, 2, 3]));
  const rest = f.local('v128', i8x16.shuffle32(low.rest, high.rest, [0, 1, 4, 5]));
  const quadrant = f.local('v128', i8x16.shuffle32(low.quadrant, high.quadrant, [0, 1, 4, 5]));
  return { quadrant, rest };
}

/** Sine and cosine of an angle up to π/4. */
function sineAndCosine(f: FunctionBuilder, rest: Local<'v128'>): { readonly sine: V128; readonly cosine: V128 } {
  const square = f.local('v128', f32x4.mul(rest, rest));
  const sine = f32x4.sub(rest, f32x4.mul(f32x4.mul(rest, square), polynomial(f, square, sineOfRoot)));
  const cosine = f32x4.add(
    f32x4.sub(f32x4.const(1), f32x4.mul(square, f32x4.const(0.5))),
    f32x4.mul(f32x4.mul(square, square), polynomial(f, square, cosineOfRoot)),
  );
  return { sine, cosine };
}

/** The sine of the angle that is a number of quarter turns further. */
function sineShifted(f: FunctionBuilder, x: V128, quarterTurns: number): V128 {
  const { quadrant, rest } = reduceAngle(f, x);
  const turn = f.local('v128', i32x4.add(quadrant, i32x4.const(quarterTurns)));
  const { sine, cosine } = sineAndCosine(f, rest);
  const odd = i32x4.eq(v128.and(turn, i32x4.const(1)), i32x4.const(1));
  const negative = i32x4.shl(v128.and(turn, i32x4.const(2)), i32.const(30));
  return v128.xor(v128.select(odd, cosine, sine), negative);
}

/** The sine of angles up to `largestReducible`: within 1.6 ulp. */
export const sin: Lanes = (f, x) => {
  const inside = f.local('v128', sineShifted(f, x, 0));
  return v128.select(f32x4.eq(x, f32x4.const(0)), x, inside);
};

/** The cosine of angles up to `largestReducible`: within 1.6 ulp. */
export const cos: Lanes = (f, x) => sineShifted(f, x, 1);

/** The tangent of angles up to `largestReducible`: within 4 ulp. */
export const tan: Lanes = (f, x) => {
  const { quadrant, rest } = reduceAngle(f, x);
  const { sine, cosine } = sineAndCosine(f, rest);
  const [s, c] = [f.local('v128', sine), f.local('v128', cosine)];
  const odd = f.local('v128', i32x4.eq(v128.and(quadrant, i32x4.const(1)), i32x4.const(1)));
  const quotient = f32x4.div(v128.select(odd, f32x4.neg(c), s), v128.select(odd, s, c));
  return v128.select(f32x4.eq(x, f32x4.const(0)), x, quotient);
};
