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

const sineOfRoot = fitPolynomial((square) => alternating(square, 3), 0, (Math.PI / 4) ** 2, 2);
const cosineOfRoot = fitPolynomial((square) => alternating(square, 4), 0, (Math.PI / 4) ** 2, 2);

/** 1/first! - x/(first+2)! + x²/(first+4)! - … */
function alternating(square: number, first: number): number {
  let factorial = 1;
  for (let k = 2; k <= first; k++) factorial *= k;
  return powerSeries(-square, (n) => {
    if (n > 0) factorial *= (first + 2 * n - 1) * (first + 2 * n);
    return 1 / factorial;
  });
}

/** The same for float32, for quadrants up to 2^10. */
const shortHalfPiHigh = Math.floor((Math.PI / 2) * 2 ** 13) / 2 ** 13;
const shortHalfPiLow = Math.PI / 2 - shortHalfPiHigh;

/** Where less than this is left for each quadrant that was taken off, too many digits of π/2 are missing in float32. */
const leastRest = 2 ** -10;

/** Added to a small whole number it gives a float32 whose lower bits are that number as an integer. */
const integral = 1.5 * 2 ** 23;

/** The quadrant that an angle is in (an integer, of which the lower bits count), and the angle from the middle of the quadrant. */
interface Reduced {
  readonly quadrant: Local<'v128'>;
  readonly rest: Local<'v128'>;
}

function reduceAngle(f: FunctionBuilder, x: V128): Reduced {
  const value = f.local('v128', x);
  const number = (constant: number): V128 => f.constant(f32x4.const(constant));
  const n = f.local('v128', f32x4.nearest(f32x4.mul(value, number(2 / Math.PI))));
  const high = f32x4.sub(value, f32x4.mul(n, number(shortHalfPiHigh)));
  const rest = f.local('v128', f32x4.sub(high, f32x4.mul(n, number(shortHalfPiLow))));
  const quadrant = f.local('v128', f32x4.add(n, number(integral)));
  // Too large quadrants leave less than they must, too.
  const isInexact = f32x4.lt(f32x4.abs(rest), f32x4.mul(f32x4.abs(n), number(leastRest)));
  f.if(v128.anyTrue(isInexact), () => reduceLongAngle(f, value, { quadrant, rest }));
  return { quadrant, rest };
}

/** The same by float64. */
function reduceLongAngle(f: FunctionBuilder, value: Local<'v128'>, { quadrant, rest }: Reduced): void {
  const half = (lanes: V128): { rest: V128; quadrant: V128 } => {
    const wide = f.local('v128', f64x2.fromLowF32x4(lanes));
    const n = f.local('v128', f64x2.nearest(f64x2.mul(wide, f64x2.const(2 / Math.PI))));
    const high = f64x2.sub(wide, f64x2.mul(n, f64x2.const(halfPiHigh)));
    const left = f64x2.sub(high, f64x2.mul(n, f64x2.const(halfPiLow)));
    return { rest: f32x4.fromF64x2(left), quadrant: i32x4.fromF64x2(n) };
  };
  const low = half(value);
  const high = half(i8x16.shuffle32(value, value, [2, 3, 2, 3]));
  f.set(rest, i8x16.shuffle32(low.rest, high.rest, [0, 1, 4, 5]));
  f.set(quadrant, i8x16.shuffle32(low.quadrant, high.quadrant, [0, 1, 4, 5]));
}

/** Sine and cosine of an angle up to π/4. */
function sineAndCosine(f: FunctionBuilder, rest: Local<'v128'>): { readonly sine: V128; readonly cosine: V128 } {
  const square = f.local('v128', f32x4.mul(rest, rest));
  const sine = f32x4.sub(rest, f32x4.mul(f32x4.mul(rest, square), polynomial(f, square, sineOfRoot)));
  const cosine = f32x4.add(
    f32x4.sub(f.constant(f32x4.const(1)), f32x4.mul(square, f.constant(f32x4.const(0.5)))),
    f32x4.mul(f32x4.mul(square, square), polynomial(f, square, cosineOfRoot)),
  );
  return { sine, cosine };
}

/** The sine of the angle that is a number of quarter turns further. */
function sineShifted(f: FunctionBuilder, x: V128, quarterTurns: number): V128 {
  const { quadrant, rest } = reduceAngle(f, x);
  const turn = f.local(
    'v128',
    quarterTurns === 0 ? quadrant : i32x4.add(quadrant, f.constant(i32x4.const(quarterTurns))),
  );
  const { sine, cosine } = sineAndCosine(f, rest);
  const odd = i32x4.shrS(i32x4.shl(turn, i32.const(31)), i32.const(31));
  const negative = i32x4.shl(v128.and(turn, f.constant(i32x4.const(2))), i32.const(30));
  return v128.xor(v128.select(f.local('v128', odd), cosine, sine), negative);
}

/** The sine of angles up to `largestReducible`: within 1.6 ulp. */
export const sin: Lanes = (f, x) => {
  const inside = f.local('v128', sineShifted(f, x, 0));
  // The sine of -0 is -0.
  return v128.or(inside, v128.and(x, f32x4.eq(x, f.constant(f32x4.const(0)))));
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
