import { type FunctionBuilder, f32x4, type I32, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import type { Lanes } from './map.ts';
import { factorial, fitPolynomial, polynomial, powerSeries } from './polynomial.ts';
import type { TwoSteps } from './steps.ts';

/** ln 2 in two parts, so that n · high is exact for the whole numbers n that occur. */
const ln2High = 0.693145751953125;
const ln2Low = Math.LN2 - ln2High;

/** (eʳ - 1 - r) / r², of which eʳ - 1 = r + r² · q(r) keeps the digits of a small r. */
const remainderOfExp = fitPolynomial(
  (r) => powerSeries(r, (power) => 1 / factorial(power + 2)),
  -Math.LN2 / 2,
  Math.LN2 / 2,
  4,
);

/**
 * Added to a small number it leaves no bits behind the point: the lower bits of the sum are the nearest whole number, as an
 * integer.
 */
export const integral: number = 1.5 * 2 ** 23;

/** eˣ = 2ⁿ · (1 + r + tail) for a whole number n, with eʳ = 1 + r + tail for a small r. */
export interface Reduced {
  readonly n: Local<'v128'>;
  readonly r: Local<'v128'>;
  readonly tail: V128;
}

/** Takes the whole powers of two off eˣ. */
export function reduce(f: FunctionBuilder, x: V128): Reduced {
  const value = f.local('v128', x);
  const n = f.local('v128', f32x4.nearest(f32x4.mul(value, f.number(Math.LOG2E))));
  const high = f.multiplyAdd(n, f.number(-ln2High), value);
  const r = f.local('v128', f.multiplyAdd(n, f.number(-ln2Low), high));
  const square = f.local('v128', f32x4.mul(r, r));
  return { n, r, tail: f32x4.mul(square, polynomial(f, r, remainderOfExp)) };
}

/** 2ⁿ⁺ᵏ for whole numbers n where it is a normal float32. */
export function powerOfTwo(f: FunctionBuilder, n: V128, k = 0): V128 {
  return i32x4.shl(f32x4.add(n, f.number(integral + 127 + k)), i32.const(23));
}

/** The value times 2ⁿ for integers n, of which the lower nine bits count, also where 2ⁿ alone is too large or too small for a float32. */
export function scaleByPowerOfTwo(f: FunctionBuilder, value: V128, n: V128): V128 {
  const whole = f.local('v128', n);
  const half = f.local('v128', i32x4.shrS(whole, i32.const(1)));
  const power = (exponent: V128): V128 => i32x4.shl(i32x4.add(exponent, f.constant(i32x4.const(127))), i32.const(23));
  return f32x4.mul(f32x4.mul(value, power(half)), power(i32x4.sub(whole, half)));
}

/** 1 + r + tail. */
export function onePlus(f: FunctionBuilder, { r, tail }: Reduced): V128 {
  return f32x4.add(f32x4.add(r, f.number(1)), tail);
}

/** Keeps a value between bounds; NaN stays. */
function clamp(f: FunctionBuilder, x: V128, low: number, high: number): V128 {
  return f32x4.pmin(f32x4.pmax(x, f.number(low)), f.number(high));
}

/** eˣ: within 1.5 ulp everywhere, denormal results included. */
export const exp: Lanes = (f, x) => {
  const result = f.local('v128', expNear(f, x));
  f.if(someFar(f, x), () => {
    const reduced = reduce(f, clamp(f, x, -105, 90));
    f.set(result, scaleByPowerOfTwo(f, onePlus(f, reduced), f32x4.add(reduced.n, f32x4.const(integral))));
  });
  return result;
};

/** Up to here in both directions 2ⁿ is a normal float32. */
const largestNear = 87;

/** Whether a number is beyond that. */
function someFar(f: FunctionBuilder, x: V128): I32 {
  return i32x4.bitmask(f32x4.gt(magnitudeOf(f, x), f.number(largestNear)));
}

/** eˣ for numbers up to 87 in magnitude: within 1.5 ulp. */
const expNear: Lanes = (f, x) => {
  const reduced = reduce(f, x);
  return f32x4.mul(onePlus(f, reduced), powerOfTwo(f, reduced.n));
};

/** 2ʳ for a small r. */
const smallPower = fitPolynomial((r) => 2 ** r, -0.5, 0.5, 5);

/**
 * eˣ for numbers that are differences, and not above 0, NaN among them: as far off as if x were rounded twice, and 0 where it is
 * below e⁻⁸⁷. The first rounding of a difference costs |x| / 2 ulp of the result; this spends as much again to be shorter.
 */
export function expOfDifference(f: FunctionBuilder, x: Local<'v128'>): V128 {
  const binary = f.local('v128', f32x4.mul(x, f.number(Math.LOG2E)));
  const shifted = f.local('v128', f32x4.add(binary, f.number(integral)));
  const r = f.local('v128', f32x4.sub(binary, f32x4.sub(shifted, f.number(integral))));
  const result = i32x4.add(polynomial(f, r, smallPower), i32x4.shl(shifted, i32.const(23)));
  return v128.andNot(result, f32x4.lt(x, f.number(-largestNear)));
}

/** eˣ - 1: within 2 ulp, near 0 too. */
export const expm1: Lanes = (f, x) => v128.or(expm1Of(f, x), signOf(f, x));

/** The same, but +0 for -0. */
export function expm1Of(f: FunctionBuilder, x: V128): V128 {
  const value = f.local('v128', x);
  const result = f.local('v128', expm1Near(f, value));
  f.if(someFar(f, value), () => f.set(result, expm1Near(f, clamp(f, value, -40, 89))));
  return result;
}

/** The same for numbers up to 87 in magnitude. */
function expm1Near(f: FunctionBuilder, x: V128): V128 {
  const { n, r, tail } = reduce(f, x);
  // Half of the power of two, so that the largest is a float32.
  const half = f.local('v128', powerOfTwo(f, n, -1));
  const halfResult = f.local('v128', f32x4.add(f32x4.mul(half, f32x4.add(r, tail)), f32x4.sub(half, f.number(0.5))));
  return f32x4.add(halfResult, halfResult);
}

/** The hyperbolic tangent: within 3 ulp. */
export const tanh: TwoSteps = {
  first: (f, x) => expm1Of(f, f32x4.mul(magnitudeOf(f, x), f.number(-2))),
  second: (f, x, t) => withSignOf(f, x, magnitudeOf(f, f32x4.div(t, f32x4.add(t, f.number(2))))),
};

/** 1 / (1 + e⁻ˣ): within 3 ulp, for very negative x too. */
export const sigmoid: Lanes = (f, x) => {
  const away = f.local('v128', f32x4.neg(f32x4.abs(x)));
  const e = f.local('v128', exp(f, away));
  const numerator = v128.select(f32x4.lt(x, f32x4.const(0)), e, f32x4.const(1));
  return f32x4.div(numerator, f32x4.add(e, f32x4.const(1)));
};

/** x above 0, eˣ - 1 below: within 2 ulp. */
export const elu: Lanes = (f, x) => v128.select(f32x4.ge(x, f32x4.const(0)), x, expm1Of(f, x));

/** The constants of self-normalizing networks (Klambauer et al. 2017). */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Scale times x above 0, scale times alpha times eˣ - 1 below: within 3 ulp. */
export const selu: Lanes = (f, x) =>
  v128.select(
    f32x4.ge(x, f32x4.const(0)),
    f32x4.mul(x, f.number(seluScale)),
    f32x4.mul(expm1Of(f, x), f.number(seluScale * seluAlpha)),
  );

/** A value without a sign with the sign of another. */
export function withSignOf(f: FunctionBuilder, sign: V128, magnitude: V128): V128 {
  return v128.or(magnitude, signOf(f, sign));
}

/** The magnitude. `f32x4.abs` makes its mask anew each time. */
export function magnitudeOf(f: FunctionBuilder, x: V128): V128 {
  return v128.and(x, f.constant(i32x4.const(0x7fffffff)));
}

/** The sign bits alone. */
export function signOf(f: FunctionBuilder, x: V128): V128 {
  return v128.and(x, f.constant(i32x4.const(0x80000000 | 0)));
}
