import { type FunctionBuilder, f32x4, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { exp } from './exponential.ts';
import type { Lanes } from './map.ts';
import { fitPolynomial, horner, powerSeries } from './polynomial.ts';

const ln2High = 0.693359375;
const ln2Low = Math.LN2 - ln2High;
const rootOfHalf = 0x3f3504f3;

/** (ln(1 + f) - f + f²/2) / f³. */
const remainderOfLog = fitPolynomial(
  (f) =>
    Math.abs(f) < 0.1
      ? powerSeries(f, (power) => (power % 2 === 0 ? 1 : -1) / (power + 3))
      : (Math.log1p(f) - f + (f * f) / 2) / (f * f * f),
  Math.SQRT1_2 - 1,
  Math.SQRT2 - 1,
  8,
);

/** A positive number as m · 2ᵉ with m between √½ and √2; also denormal ones. */
export function splitExponent(
  f: FunctionBuilder,
  x: V128,
): { readonly exponent: Local<'v128'>; readonly mantissa: Local<'v128'> } {
  const value = f.local('v128', x);
  const denormal = f.local('v128', f32x4.lt(value, f32x4.const(2 ** -126)));
  const scaled = f.local('v128', v128.select(denormal, f32x4.mul(value, f32x4.const(2 ** 24)), value));
  const steps = f.local('v128', i32x4.shrS(i32x4.sub(scaled, i32x4.const(rootOfHalf)), i32.const(23)));
  const mantissa = f.local('v128', i32x4.sub(scaled, i32x4.shl(steps, i32.const(23))));
  const exponent = f.local('v128', i32x4.sub(steps, v128.and(denormal, i32x4.const(24))));
  return { exponent, mantissa };
}

/** The logarithm of positive, finite numbers. */
function logOfPositive(f: FunctionBuilder, x: V128): V128 {
  const { exponent, mantissa } = splitExponent(f, x);
  const e = f.local('v128', f32x4.fromI32x4(exponent));
  const r = f.local('v128', f32x4.sub(mantissa, f32x4.const(1)));
  const square = f.local('v128', f32x4.mul(r, r));
  const cubic = f32x4.mul(f32x4.mul(r, square), horner(r, remainderOfLog));
  const small = f32x4.sub(f32x4.add(cubic, f32x4.mul(e, f32x4.const(ln2Low))), f32x4.mul(square, f32x4.const(0.5)));
  return f32x4.add(f32x4.add(r, small), f32x4.mul(e, f32x4.const(ln2High)));
}

/** The natural logarithm: within 1.5 ulp; -∞ at 0, NaN below. */
export const log: Lanes = (f, x) => {
  const inside = f.local('v128', logOfPositive(f, x));
  return withLogarithmsEnds(f, x, inside);
};

function withLogarithmsEnds(f: FunctionBuilder, x: V128, inside: V128): V128 {
  const finite = f.local('v128', v128.select(f32x4.lt(x, f32x4.const(Number.POSITIVE_INFINITY)), inside, x));
  const atZero = v128.select(f32x4.eq(x, f32x4.const(0)), f32x4.const(Number.NEGATIVE_INFINITY), finite);
  return v128.select(f32x4.lt(x, f32x4.const(0)), f32x4.const(Number.NaN), atZero);
}

/** ln(1 + x): within 2 ulp, near 0 too. */
export const log1p: Lanes = (f, x) => {
  const sum = f.local('v128', f32x4.add(x, f32x4.const(1)));
  // What the sum lost to rounding, as a share of it.
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(sum, f32x4.const(1))), sum);
  const inside = f.local('v128', f32x4.add(logOfPositive(f, sum), lost));
  const ended = f.local('v128', withLogarithmsEnds(f, sum, inside));
  return v128.select(f32x4.eq(x, f32x4.const(0)), x, ended);
};

/** ln(1 + eˣ): within 3 ulp; x itself where it is large, eˣ where it is very negative. */
export const softplus: Lanes = (f, x) => {
  const away = f.local('v128', f32x4.neg(f32x4.abs(x)));
  const e = f.local('v128', exp(f, away));
  const rest = f.local('v128', log1p(f, e));
  return f32x4.add(f32x4.max(x, f32x4.const(0)), rest);
};
