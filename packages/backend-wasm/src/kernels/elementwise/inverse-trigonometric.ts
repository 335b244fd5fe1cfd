import { type FunctionBuilder, f32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { withSignOf } from './exponential.ts';
import type { Lanes } from './map.ts';
import { fitPolynomial, polynomial, powerSeries } from './polynomial.ts';

/** A number as a float32 and what that lacks. */
function split(value: number): readonly [high: number, low: number] {
  return [Math.fround(value), value - Math.fround(value)];
}

const halfPi = split(Math.PI / 2);
const quarterPi = split(Math.PI / 4);
const pi = split(Math.PI);

/** (atan(t) / t - 1) / t² as a function of t², up to tan(π/8). */
const remainderOfAtan = fitPolynomial(
  (square) => powerSeries(-square, (n) => -1 / (2 * n + 3)),
  0,
  (Math.SQRT2 - 1) ** 2,
  5,
);

/** (asin(t) / t - 1) / t² as a function of t², up to ½. */
const remainderOfAsin = fitPolynomial((square) => powerSeries(square, (n) => asinCoefficient(n + 1)), 0, 0.25, 7);

/** What stands before t²ⁿ⁺¹ in the series of the inverse sine. */
function asinCoefficient(n: number): number {
  let product = 1;
  for (let k = 1; k <= n; k++) product *= (2 * k - 1) / (2 * k);
  return product / (2 * n + 1);
}

const number = (f: FunctionBuilder, value: number): V128 => f.constant(f32x4.const(value));

/** The angle from 0 to π/2 whose tangent is a ratio of two magnitudes, not both 0 or both infinite. */
function angleOf(f: FunctionBuilder, opposite: V128, adjacent: V128): V128 {
  const [a, b] = [f.local('v128', opposite), f.local('v128', adjacent)];
  // tan(u + π/4) = (tan u + 1) / (1 - tan u), and tan(u + π/2) = -1 / tan u.
  const isSteep = f.local('v128', f32x4.gt(a, f32x4.mul(b, number(f, Math.SQRT2 + 1))));
  const isFlat = f.local('v128', f32x4.le(a, f32x4.mul(b, number(f, Math.SQRT2 - 1))));
  const choose = (steep: V128, flat: V128, middle: V128): V128 =>
    v128.select(isSteep, steep, v128.select(isFlat, flat, middle));
  const numerator = choose(f32x4.neg(b), a, f32x4.sub(a, b));
  const t = f.local('v128', f32x4.div(numerator, choose(a, b, f32x4.add(a, b))));
  const base = (part: 0 | 1): V128 => choose(number(f, halfPi[part]), number(f, 0), number(f, quarterPi[part]));
  const square = f.local('v128', f32x4.mul(t, t));
  const small = f32x4.mul(f32x4.mul(t, square), polynomial(f, square, remainderOfAtan));
  return f32x4.add(base(0), f32x4.add(t, f32x4.add(small, base(1))));
}

/** The inverse tangent: within 2 ulp. */
export const atan: Lanes = (f, x) => withSignOf(x, angleOf(f, f32x4.abs(x), number(f, 1)));

/** The angle of the point (x, y): within 3 ulp, with the special cases of C's `atan2`. */
export function atan2(f: FunctionBuilder, y: Local<'v128'>, x: Local<'v128'>): V128 {
  const infinity = number(f, Number.POSITIVE_INFINITY);
  const zero = number(f, 0);
  const [a, b] = [f.local('v128', f32x4.abs(y)), f.local('v128', f32x4.abs(x))];
  const areInfinite = f.local('v128', v128.and(f32x4.eq(a, infinity), f32x4.eq(b, infinity)));
  // Far from the largest number, so that sums are finite.
  const scale = f.local(
    'v128',
    v128.select(f32x4.gt(f32x4.pmax(a, b), number(f, 2 ** 100)), number(f, 2 ** -4), number(f, 1)),
  );
  const scaled = (value: V128): V128 => v128.select(areInfinite, number(f, 1), f32x4.mul(value, scale));
  const inside = angleOf(f, scaled(a), scaled(b));
  const areZero = v128.and(f32x4.eq(a, zero), f32x4.eq(b, zero));
  const angle = f.local('v128', v128.andNot(inside, areZero));
  const behind = f32x4.sub(number(f, pi[0]), f32x4.sub(angle, number(f, pi[1])));
  const isLeft = f.local('v128', f32x4.lt(withSignOf(x, number(f, 1)), zero));
  const result = withSignOf(y, v128.select(isLeft, behind, angle));
  return v128.or(result, v128.or(f32x4.ne(a, a), f32x4.ne(b, b)));
}

/** t + t³ · …, the inverse sine of a t up to ½, from t and t². */
function asinOf(f: FunctionBuilder, t: Local<'v128'>, square: Local<'v128'>): V128 {
  return f32x4.add(t, f32x4.mul(f32x4.mul(t, square), polynomial(f, square, remainderOfAsin)));
}

/** For arguments up to ½ they are it themselves; beyond, cos 2u = 1 - 2 sin² u leads to one: the inverse sine is π/2 - 2 · arc. */
function arc(f: FunctionBuilder, x: V128): Record<'isNear' | 'value', Local<'v128'>> {
  const magnitude = f.local('v128', f32x4.abs(x));
  const isNear = f.local('v128', f32x4.le(magnitude, number(f, 0.5)));
  const half = f32x4.mul(f32x4.sub(number(f, 1), magnitude), number(f, 0.5));
  const square = f.local('v128', v128.select(isNear, f32x4.mul(magnitude, magnitude), half));
  const t = f.local('v128', v128.select(isNear, magnitude, f32x4.sqrt(square)));
  return { isNear, value: f.local('v128', asinOf(f, t, square)) };
}

/** The inverse sine: within 2.5 ulp; NaN beyond 1. */
export const asin: Lanes = (f, x) => {
  const { isNear, value } = arc(f, x);
  const far = f32x4.sub(number(f, halfPi[0]), f32x4.sub(f32x4.add(value, value), number(f, halfPi[1])));
  return withSignOf(x, v128.select(isNear, value, far));
};

/** The inverse cosine: within 2 ulp; NaN beyond 1. */
export const acos: Lanes = (f, x) => {
  const { isNear, value } = arc(f, x);
  const isNegative = f.local('v128', f32x4.lt(x, number(f, 0)));
  const near = f32x4.sub(number(f, halfPi[0]), f32x4.sub(withSignOf(x, value), number(f, halfPi[1])));
  const twice = f.local('v128', f32x4.add(value, value));
  const left = f32x4.sub(number(f, pi[0]), f32x4.sub(twice, number(f, pi[1])));
  return v128.select(isNear, near, v128.select(isNegative, left, twice));
};
