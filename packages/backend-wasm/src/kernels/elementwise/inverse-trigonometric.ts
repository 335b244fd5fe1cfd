import { type FunctionBuilder, f32x4, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import type { BinarySteps } from './binary-steps.ts';
import { magnitudeOf, withSignOf } from './exponential.ts';
import type { Lanes } from './map.ts';
import { fitPolynomial, polynomial, powerSeries } from './polynomial.ts';
import type { TwoSteps } from './steps.ts';

/** A number as a float32 and what that lacks. */
function split(value: number): readonly [high: number, low: number] {
  return [Math.fround(value), value - Math.fround(value)];
}

const halfPi = split(Math.PI / 2);
const quarterPi = Math.PI / 4;
const pi = split(Math.PI);

/** (atan(t) / t - 1) / t² as a function of t², up to 1. */
const remainderOfAtan = fitPolynomial(remainderOverSquare, 0, 1, 8);

/** By its series near 0. */
function remainderOverSquare(square: number): number {
  if (square < 0.25) return powerSeries(-square, (n) => -1 / (2 * n + 3));
  const t = Math.sqrt(square);
  return (Math.atan(t) / t - 1) / square;
}

/** (asin(t) / t - 1) / t² as a function of t², up to ½. */
const remainderOfAsin = fitPolynomial((square) => powerSeries(square, (n) => asinCoefficient(n + 1)), 0, 0.25, 5);

/** What stands before t²ⁿ⁺¹ in the series of the inverse sine. */
function asinCoefficient(n: number): number {
  let product = 1;
  for (let k = 1; k <= n; k++) product *= (2 * k - 1) / (2 * k);
  return product / (2 * n + 1);
}

/** The ratio of two magnitudes, the smaller to the larger; NaN where both are 0 or infinite. */
function ratio(opposite: V128, adjacent: V128): V128 {
  // Of numbers that cannot be compared these give different ones, so that a NaN on either side stays.
  return f32x4.div(f32x4.pmin(opposite, adjacent), f32x4.pmax(adjacent, opposite));
}

/** The angle from 0 to π/2 whose tangent is the ratio t, or its inverse where it is steep. */
function angleOf(f: FunctionBuilder, t: Local<'v128'>, isSteep: Local<'v128'>): V128 {
  const square = f.local('v128', f32x4.mul(t, t));
  const small = f32x4.mul(f32x4.mul(t, square), polynomial(f, square, remainderOfAtan));
  // The angle is π/2 - atan(1 / tangent) above 1.
  const turned = (x: V128): V128 => v128.xor(x, v128.and(isSteep, f.number(-0)));
  const base = (part: 0 | 1): V128 => v128.and(isSteep, f.number(halfPi[part]));
  return f32x4.add(base(0), f32x4.add(turned(t), f32x4.add(turned(small), base(1))));
}

/** The inverse tangent: within 2 ulp. */
export const atan: TwoSteps = {
  first: (f, x) => ratio(f.local('v128', magnitudeOf(f, x)), f.number(1)),
  second: (f, x, t) => withSignOf(f, x, angleOf(f, t, f.local('v128', f32x4.gt(magnitudeOf(f, x), f.number(1))))),
};

/** The angle of the point (x, y): within 3 ulp, with the special cases of C's `atan2`. */
export const atan2: BinarySteps = [
  (f, y, x) => [ratio(f.local('v128', magnitudeOf(f, y)), f.local('v128', magnitudeOf(f, x)))],
  (f, y, x, [t]) => {
    const [a, b] = [f.local('v128', magnitudeOf(f, y)), f.local('v128', magnitudeOf(f, x))];
    const angle = f.local('v128', angleOf(f, t, f.local('v128', f32x4.gt(a, b))));
    // 0 / 0 and ∞ / ∞ are NaN; the first are the angle 0, the second π/4.
    f.if(i32x4.bitmask(f32x4.ne(angle, angle)), () => {
      const areEqual = f32x4.eq(a, b);
      const diagonal = v128.andNot(f.number(quarterPi), f32x4.eq(a, f.number(0)));
      f.set(angle, v128.select(v128.and(areEqual, f32x4.ne(angle, angle)), diagonal, angle));
    });
    const behind = f32x4.sub(f.number(pi[0]), f32x4.sub(angle, f.number(pi[1])));
    // All bits where the sign is.
    const isLeft = i32x4.shrS(x, i32.const(31));
    return [withSignOf(f, y, v128.select(f.local('v128', isLeft), behind, angle))];
  },
];

/** t + t³ · …, the inverse sine of a t up to ½, from t and t². */
function asinOf(f: FunctionBuilder, t: Local<'v128'>, square: Local<'v128'>): V128 {
  return f32x4.add(t, f32x4.mul(f32x4.mul(t, square), polynomial(f, square, remainderOfAsin)));
}

/** For arguments up to ½ they are it themselves; beyond, cos 2u = 1 - 2 sin² u leads to one: the inverse sine is π/2 - 2 · arc. */
function arc(f: FunctionBuilder, x: V128): Record<'isNear' | 'value', Local<'v128'>> {
  const magnitude = f.local('v128', magnitudeOf(f, x));
  const isNear = f.local('v128', f32x4.le(magnitude, f.number(0.5)));
  const half = f32x4.mul(f32x4.sub(f.number(1), magnitude), f.number(0.5));
  const square = f.local('v128', v128.select(isNear, f32x4.mul(magnitude, magnitude), half));
  const t = f.local('v128', v128.select(isNear, magnitude, f32x4.sqrt(square)));
  return { isNear, value: f.local('v128', asinOf(f, t, square)) };
}

/** The inverse sine: within 2.5 ulp; NaN beyond 1. */
export const asin: Lanes = (f, x) => {
  const { isNear, value } = arc(f, x);
  const far = f32x4.sub(f.number(halfPi[0]), f32x4.sub(f32x4.add(value, value), f.number(halfPi[1])));
  return withSignOf(f, x, v128.select(isNear, value, far));
};

/** The inverse cosine: within 2 ulp; NaN beyond 1. */
export const acos: Lanes = (f, x) => {
  const { isNear, value } = arc(f, x);
  const isNegative = f.local('v128', f32x4.lt(x, f.number(0)));
  const near = f32x4.sub(f.number(halfPi[0]), f32x4.sub(withSignOf(f, x, value), f.number(halfPi[1])));
  const twice = f.local('v128', f32x4.add(value, value));
  const left = f32x4.sub(f.number(pi[0]), f32x4.sub(twice, f.number(pi[1])));
  return v128.select(isNear, near, v128.select(isNegative, left, twice));
};
