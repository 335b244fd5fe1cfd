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
import type { BinarySteps } from './binary-steps.ts';
import { magnitudeOf, scaleByPowerOfTwo } from './exponential.ts';
import { isUnusual, someUnusual, splitExponent, splitNormal } from './logarithm.ts';
import { factorial, fitPolynomial, polynomial, polynomial64, powerSeries } from './polynomial.ts';

/** log₂((1 + s)/(1 - s)) / s as a function of s². */
const logarithm = fitPolynomial(
  (square) => powerSeries(square, (n) => 2 / Math.LN2 / (2 * n + 1)),
  0,
  ((Math.SQRT2 - 1) / (Math.SQRT2 + 1)) ** 2,
  4,
);

/** (eʳ - 1 - r - r²/2) / r³, for what a rounded binary logarithm leaves. */
const remainderOfExp = fitPolynomial(
  (r) => powerSeries(r, (n) => 1 / factorial(n + 3)),
  -Math.LN2 / 2,
  Math.LN2 / 2,
  4,
);

/** Added to a small number it leaves no bits behind the point: the sum's lower half is the nearest whole number. */
const rounder = 1.5 * 2 ** 52;

/** Four float64 as their lower and their upper 32 bits: what a step leaves must have the lane of its element. */
type Words = readonly [lower: V128, upper: V128];

function wordsOf(low: Local<'v128'>, high: Local<'v128'>): Words {
  return [i8x16.shuffle32(low, high, [0, 2, 4, 6]), i8x16.shuffle32(low, high, [1, 3, 5, 7])];
}

/** The first or the last two of four float64. */
function twoOf([lower, upper]: Words, half: Half): V128 {
  return i8x16.shuffle32(lower, upper, half === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]);
}

type Half = 0 | 1;

/** The lower or the upper two lanes, as the lower ones. */
function pick(x: V128, half: Half): V128 {
  return half === 0 ? x : i8x16.shuffle32(x, x, [2, 3, 2, 3]);
}

/** (m - 1) / (m + 1) in float64. */
function quotients(f: FunctionBuilder, mantissa: V128): Words {
  const one = f.constant(f64x2.const(1));
  const two = (half: Half): Local<'v128'> => {
    const m = f.local('v128', f64x2.fromLowF32x4(pick(mantissa, half)));
    return f.local('v128', f64x2.div(f64x2.sub(m, one), f64x2.add(m, one)));
  };
  return wordsOf(two(0), two(1));
}

/** log₂((m · 2ᵉ)ᵇ) in float64, from the quotients of m. */
function logarithmOfPower(f: FunctionBuilder, quotient: Words, exponent: V128, b: V128): Words {
  const two = (half: Half): Local<'v128'> => {
    const s = f.local('v128', twoOf(quotient, half));
    const square = f.local('v128', f64x2.mul(s, s));
    const mantissas = f64x2.mul(s, polynomial64(f, square, logarithm));
    const log = f64x2.add(f64x2.fromLowI32x4(pick(exponent, half)), mantissas);
    return f.local('v128', f64x2.mul(log, f64x2.fromLowF32x4(pick(b, half))));
  };
  return wordsOf(two(0), two(1));
}

/** A binary logarithm as n and a natural one, so that its power is eʳ · 2ⁿ. */
function splitLogarithm(f: FunctionBuilder, log: Words): readonly [r: V128, n: V128] {
  const constant = (value: number): V128 => f.constant(f64x2.const(value));
  const two = (half: Half): { r: V128; shifted: V128 } => {
    // Results beyond float32 either way; what is no number becomes such a one, too.
    const kept = f.local('v128', f64x2.pmin(f64x2.pmax(constant(-200), twoOf(log, half)), constant(200)));
    const shifted = f.local('v128', f64x2.add(kept, constant(rounder)));
    const rest = f64x2.sub(kept, f64x2.sub(shifted, constant(rounder)));
    return { r: f32x4.fromF64x2(f64x2.mul(rest, constant(Math.LN2))), shifted };
  };
  const [low, high] = [two(0), two(1)];
  return [i8x16.shuffle32(low.r, high.r, [0, 1, 4, 5]), i8x16.shuffle32(low.shifted, high.shifted, [0, 2, 4, 6])];
}

/** eʳ. */
function exponentialOf(f: FunctionBuilder, r: Local<'v128'>): V128 {
  const square = f.local('v128', f32x4.mul(r, r));
  const cubic = f32x4.mul(f32x4.mul(square, r), polynomial(f, r, remainderOfExp));
  const small = f32x4.add(r, f.multiplyAdd(square, f.number(0.5), cubic));
  return f32x4.add(f.number(1), small);
}

const infinity = Number.POSITIVE_INFINITY;
const signBit = i32x4.const(0x80000000 | 0);

/** aᵇ: within 1 ulp, with the special cases of C's `pow`: pow(x, 0) and pow(1, y) are 1 whatever the other is. */
export const pow: BinarySteps = [
  (f, a) => quotients(f, splitNormal(f, magnitudeOf(f, a)).mantissa),
  (f, a, b, quotient) => logarithmOfPower(f, quotient, splitNormal(f, magnitudeOf(f, a)).exponent, b),
  (f, _a, _b, log) => splitLogarithm(f, log),
  (f, a, b, [r, n]) => {
    const power = f.local('v128', exponentialOf(f, r));
    const result = f.local('v128', i32x4.add(power, i32x4.shl(n, i32.const(23))));
    const isFar = i32x4.gtS(i32x4.abs(n), f.constant(i32x4.const(125)));
    f.if(i32x4.bitmask(v128.or(isUnusual(f, a), isFar)), () => {
      const magnitude = f.local('v128', f32x4.abs(a));
      f.if(someUnusual(f, magnitude), () => {
        const { mantissa, exponent } = splitExponent(f, magnitude);
        const keep = ([first, second]: Words) => [f.local('v128', first), f.local('v128', second)] as const;
        const log = keep(logarithmOfPower(f, keep(quotients(f, mantissa)), exponent, b));
        const [exactR, exactN] = keep(splitLogarithm(f, log));
        f.set(r, exactR);
        f.set(n, exactN);
        f.set(power, exponentialOf(f, r));
      });
      f.set(result, scaleByPowerOfTwo(f, power, n));
      decideSpecialCases(f, { a, b, magnitude, result });
    });
    return [result];
  },
];

type Operand = 'a' | 'b' | 'magnitude' | 'result';

/** Corrects the result, a power of the magnitude, where base or exponent are no usual numbers. */
function decideSpecialCases(
  f: FunctionBuilder,
  { a, b, magnitude, result }: Readonly<Record<Operand, Local<'v128'>>>,
): void {
  const one = f32x4.const(1);
  const choose = (mask: V128, value: V128): void => f.set(result, v128.select(mask, value, result));
  // Bases without a logarithm: 0 and infinity go to 0 or infinity as the exponent's sign says.
  const grows = f.local('v128', v128.xor(f32x4.eq(magnitude, f32x4.const(0)), f32x4.gt(b, f32x4.const(0))));
  const isEnd = v128.or(f32x4.eq(magnitude, f32x4.const(0)), f32x4.eq(magnitude, f32x4.const(infinity)));
  choose(isEnd, v128.and(grows, f32x4.const(infinity)));
  // An infinite exponent goes to 0 or infinity as the base is below or above 1.
  const up = v128.xor(f32x4.lt(magnitude, one), f32x4.gt(b, f32x4.const(0)));
  choose(f32x4.eq(f32x4.abs(b), f32x4.const(infinity)), v128.and(up, f32x4.const(infinity)));
  choose(f32x4.eq(magnitude, one), one);
  // Negative bases: odd whole exponents keep the sign; exponents between whole numbers have no result.
  const whole = f.local('v128', f32x4.eq(b, f32x4.nearest(b)));
  const odd = v128.and(whole, f32x4.ne(f32x4.mul(b, f32x4.const(0.5)), f32x4.nearest(f32x4.mul(b, f32x4.const(0.5)))));
  const negative = f.local('v128', i32x4.shrS(a, i32.const(31)));
  f.set(result, v128.or(result, v128.and(v128.and(negative, odd), signBit)));
  const strictly = v128.and(f32x4.lt(a, f32x4.const(0)), f32x4.gt(a, f32x4.const(-infinity)));
  choose(v128.andNot(strictly, whole), f32x4.const(Number.NaN));
  choose(v128.or(f32x4.ne(a, a), f32x4.ne(b, b)), f32x4.const(Number.NaN));
  choose(v128.or(f32x4.eq(a, one), f32x4.eq(b, f32x4.const(0))), one);
}
