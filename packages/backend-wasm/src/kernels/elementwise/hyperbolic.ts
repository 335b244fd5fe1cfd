import { type FunctionBuilder, f32x4, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { clamp, powerOfTwo, reduce, scaleByPowerOfTwo, withSignOf } from './exponential.ts';
import { logOf, logOfSum, splitNormal } from './logarithm.ts';
import type { Lanes } from './map.ts';

const number = (f: FunctionBuilder, value: number): V128 => f.constant(f32x4.const(value));

/** (eˣ + e⁻ˣ) / 2: within 3 ulp. */
export const cosh: Lanes = (f, x) => {
  const { n, p } = reduce(f, clamp(f, f32x4.abs(x), 0, 91));
  // Half of the power, so that the largest result is a float32.
  const half = scaleByPowerOfTwo(f, f32x4.add(p, number(f, 1)), i32x4.sub(n, f.constant(i32x4.const(1))));
  const w = f.local('v128', half);
  return f32x4.add(w, f32x4.div(number(f, 0.25), w));
};

/** (eˣ - e⁻ˣ) / 2: within 3 ulp, near 0 too. */
export const sinh: Lanes = (f, x) => {
  const magnitude = f.local('v128', f32x4.abs(x));
  const { n, p } = reduce(f, clamp(f, magnitude, 0, 89.7));
  // A quarter of eˣ - 1, so that what leads to the largest result is a float32.
  const quarter = f.local('v128', powerOfTwo(f, i32x4.sub(n, f.constant(i32x4.const(2)))));
  const t = f.local('v128', f32x4.add(f32x4.mul(quarter, p), f32x4.sub(quarter, number(f, 0.25))));
  const limited = f.local('v128', f32x4.pmin(t, number(f, 2 ** 60)));
  const four = f32x4.mul(limited, number(f, 4));
  const half = f.local('v128', f32x4.add(t, f32x4.div(limited, f32x4.add(four, number(f, 1)))));
  const isTiny = f32x4.lt(magnitude, number(f, 2 ** -12));
  return withSignOf(x, v128.select(isTiny, magnitude, f32x4.add(half, half)));
};

/** From here on ln(2x) is both inverse functions in float32. */
const large = 4096;

/** ln(1 + u), or ln(2x) for a large x. */
function logarithmOf(f: FunctionBuilder, u: V128, x: Local<'v128'>): V128 {
  const isLarge = f.local('v128', f32x4.gt(x, number(f, large)));
  const small = f.local('v128', u);
  const one = number(f, 1);
  const sum = f.local('v128', f32x4.add(small, one));
  const lost = f32x4.div(f32x4.sub(small, f32x4.sub(sum, one)), sum);
  const { exponent, mantissa } = splitNormal(f, v128.select(isLarge, x, sum));
  // A mask is -1.
  const twice = f.local('v128', i32x4.sub(exponent, isLarge));
  return f32x4.add(logOf(f, { exponent: twice, mantissa }), v128.andNot(lost, isLarge));
}

/** The inverse of sinh: within 4 ulp, near 0 too. */
export const asinh: Lanes = (f, x) => {
  const magnitude = f.local('v128', f32x4.abs(x));
  const a = f.local('v128', f32x4.pmin(magnitude, number(f, large)));
  const square = f.local('v128', f32x4.mul(a, a));
  const root = f32x4.sqrt(f32x4.add(square, number(f, 1)));
  const u = f32x4.add(a, f32x4.div(square, f32x4.add(root, number(f, 1))));
  const inside = logarithmOf(f, u, magnitude);
  const isInRange = f32x4.lt(magnitude, number(f, Number.POSITIVE_INFINITY));
  return withSignOf(x, v128.select(isInRange, inside, magnitude));
};

/** The inverse of cosh: within 4 ulp, near 1 too; NaN below. */
export const acosh: Lanes = (f, x) => {
  const t = f.local('v128', f32x4.sub(f32x4.pmin(x, number(f, large)), number(f, 1)));
  const root = f32x4.sqrt(f32x4.mul(t, f32x4.add(t, number(f, 2))));
  const inside = logarithmOf(f, f32x4.add(t, root), x);
  const isInRange = f32x4.lt(x, number(f, Number.POSITIVE_INFINITY));
  const atEnd = v128.select(isInRange, inside, x);
  return v128.select(f32x4.lt(x, number(f, 1)), number(f, Number.NaN), atEnd);
};

/** The inverse of tanh: within 3 ulp, near 0 too; infinite at 1, NaN beyond. */
export const atanh: Lanes = (f, x) => {
  const a = f.local('v128', f32x4.abs(x));
  const one = number(f, 1);
  const u = f.local('v128', f32x4.div(f32x4.add(a, a), f32x4.sub(one, a)));
  const twice = logOfSum(f, u, f.local('v128', f32x4.add(u, one)));
  const inside = f32x4.mul(twice, number(f, 0.5));
  const atEnd = v128.select(f32x4.eq(a, one), number(f, Number.POSITIVE_INFINITY), number(f, Number.NaN));
  return withSignOf(x, v128.select(f32x4.lt(a, one), inside, atEnd));
};
