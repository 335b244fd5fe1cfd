import { type FunctionBuilder, f32x4, type I32, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { exp, signOf } from './exponential.ts';
import type { Lanes } from './map.ts';
import { fitPolynomial, polynomial, powerSeries } from './polynomial.ts';
import type { TwoSteps } from './steps.ts';

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
  7,
);

/** (ln((1 + s)/(1 - s)) / s - 2) / s² as a function of s². */
const remainderOfQuotient = fitPolynomial((square) => powerSeries(square, (n) => 2 / (2 * n + 3)), 0, 1 / 9, 3);

/** A number as m · 2ᵉ, e as integers. */
export interface Split {
  readonly exponent: Local<'v128'>;
  readonly mantissa: Local<'v128'>;
}

/** The e of a positive, normal number m · 2ᵉ with m between √½ and √2. */
function exponentOf(f: FunctionBuilder, x: V128): V128 {
  return i32x4.shrS(i32x4.sub(x, f.constant(i32x4.const(rootOfHalf))), i32.const(23));
}

/** The same with its m. */
export function splitNormal(f: FunctionBuilder, x: V128): Split {
  const value = f.local('v128', x);
  const exponent = f.local('v128', exponentOf(f, value));
  const mantissa = f.local('v128', i32x4.sub(value, i32x4.shl(exponent, i32.const(23))));
  return { exponent, mantissa };
}

/** The same for all positive numbers, denormal ones too. */
export function splitExponent(f: FunctionBuilder, x: V128): Split {
  const value = f.local('v128', x);
  const denormal = f.local('v128', f32x4.lt(value, f.number(2 ** -126)));
  const scaled = v128.select(denormal, f32x4.mul(value, f.number(2 ** 24)), value);
  const { exponent, mantissa } = splitNormal(f, scaled);
  return { exponent: f.local('v128', i32x4.sub(exponent, v128.and(denormal, i32x4.const(24)))), mantissa };
}

/** Whether some lane is no positive, normal number below a power of two, by default any finite one. */
export function someUnusual(f: FunctionBuilder, x: V128, below?: number): I32 {
  return i32x4.bitmask(isUnusual(f, x, below));
}

/** Which lanes these are. */
export function isUnusual(f: FunctionBuilder, x: V128, below: number = 2 ** 128): V128 {
  // The smallest normal number becomes the lowest integer, so that all others are above the largest usual number.
  const shift = (0x80000000 - 0x00800000) | 0;
  const steps = i32x4.add(x, f.constant(i32x4.const(shift)));
  const largest = ((127 + Math.log2(below)) << 23) - 1;
  return i32x4.gtS(steps, f.constant(i32x4.const((largest + shift) | 0)));
}

/** ln(m · 2ᵉ). */
export function logOf(f: FunctionBuilder, { exponent, mantissa }: Split): V128 {
  return logOfRest(f, exponent, f.local('v128', f32x4.sub(mantissa, f.number(1))));
}

/** ln((1 + r) · 2ᵉ). */
function logOfRest(f: FunctionBuilder, exponent: V128, r: Local<'v128'>): V128 {
  const e = f.local('v128', f32x4.fromI32x4(exponent));
  const square = f.local('v128', f32x4.mul(r, r));
  const cubic = f32x4.mul(f32x4.mul(r, square), polynomial(f, r, remainderOfLog));
  const half = f32x4.mul(square, f.number(0.5));
  const small = f32x4.sub(f.multiplyAdd(e, f.number(ln2Low), cubic), half);
  return f.multiplyAdd(e, f.number(ln2High), f32x4.add(r, small));
}

/** The natural logarithm: within 1.5 ulp; -∞ at 0, NaN below. */
export const log: Lanes = (f, x) => {
  const result = f.local('v128', logOf(f, splitNormal(f, x)));
  f.if(someUnusual(f, x), () => {
    f.set(result, logOf(f, splitExponent(f, x)));
    f.set(result, withLogarithmsEnds(x, result));
  });
  return result;
};

function withLogarithmsEnds(x: V128, inside: V128): V128 {
  const finite = v128.select(f32x4.lt(x, f32x4.const(Number.POSITIVE_INFINITY)), inside, x);
  const atZero = v128.select(f32x4.eq(x, f32x4.const(0)), f32x4.const(Number.NEGATIVE_INFINITY), finite);
  return v128.select(f32x4.lt(x, f32x4.const(0)), f32x4.const(Number.NaN), atZero);
}

/** (1 + x) · 2⁻ᵉ - 1, with the digits that 1 + x loses to rounding. */
function restOfSum(f: FunctionBuilder, x: V128, e: V128): V128 {
  const one = f.number(1);
  const power = f.local('v128', i32x4.sub(one, i32x4.shl(e, i32.const(23))));
  // Each part is exact.
  return f.multiplyAdd(x, power, f32x4.sub(power, one));
}

/** ln(1 + x), where 1 + x is a normal number below 2^126. */
export function logOfOneAnd(f: FunctionBuilder, x: V128): V128 {
  const exponent = f.local('v128', exponentOf(f, f32x4.add(x, f.number(1))));
  return logOfRest(f, exponent, f.local('v128', restOfSum(f, x, exponent)));
}

/** ln(1 + x): within 2 ulp, near 0 too. */
export const log1p: TwoSteps = {
  first: (f, x) => restOfSum(f, x, f.local('v128', exponentOf(f, f32x4.add(x, f.number(1))))),
  second: (f, x, rest) => {
    const sum = f.local('v128', f32x4.add(x, f.number(1)));
    const result = f.local('v128', logOfRest(f, exponentOf(f, sum), rest));
    f.if(someUnusual(f, sum, 2 ** 126), () => {
      // So far up the 1 does not count.
      const logarithm = logOf(f, splitNormal(f, sum));
      f.set(result, v128.select(f32x4.lt(sum, f32x4.const(2 ** 126)), result, logarithm));
      f.set(result, withLogarithmsEnds(sum, result));
    });
    // It has the sign of x, also where x is -0.
    return v128.or(result, signOf(f, x));
  },
};

/** ln(1 + eˣ): within 3 ulp; x itself where it is large, eˣ where it is very negative. */
export const softplus: TwoSteps = {
  first: (f, x) => exp(f, f.local('v128', f32x4.neg(f32x4.abs(x)))),
  second: (f, x, e) => {
    // ln(1 + e) = 2s + s · r with s = e / (2 + e), which is written so that the rounding of s counts little.
    const s = f.local('v128', f32x4.div(e, f32x4.add(e, f.number(2))));
    const square = f.local('v128', f32x4.mul(s, s));
    const r = f32x4.mul(square, polynomial(f, square, remainderOfQuotient));
    const logarithm = f32x4.sub(e, f32x4.mul(s, f32x4.sub(e, r)));
    // The first of the two is NaN where x is.
    return f32x4.add(f32x4.pmax(x, f.number(0)), logarithm);
  },
};
