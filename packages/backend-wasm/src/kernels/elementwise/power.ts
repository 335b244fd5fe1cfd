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
import { scaleByPowerOfTwo } from './exponential.ts';
import { type Split, someUnusual, splitExponent, splitNormal } from './logarithm.ts';
import { fitPolynomial, polynomial64, powerSeries } from './polynomial.ts';

/** log₂((1 + s)/(1 - s)) / s as a function of s². */
const logarithm = fitPolynomial(
  (square) => powerSeries(square, (n) => 2 / Math.LN2 / (2 * n + 1)),
  0,
  ((Math.SQRT2 - 1) / (Math.SQRT2 + 1)) ** 2,
  4,
);

/** 2ʳ. */
const exponential = fitPolynomial((r) => 2 ** r, -0.5, 0.5, 6);

/** Added to a small number it leaves no bits behind the point: the sum's lower half is the nearest whole number. */
const rounder = 1.5 * 2 ** 52;

/** (m · 2ᵉ)ᵇ in four float32 lanes, computed in float64. */
function powerOf(f: FunctionBuilder, { exponent, mantissa }: Split, b: Local<'v128'>): V128 {
  const constant = (value: number): V128 => f.constant(f64x2.const(value));
  const half = (pick: (x: V128) => V128): { value: V128; shifted: V128 } => {
    const m = f.local('v128', f64x2.fromLowF32x4(pick(mantissa)));
    const s = f.local('v128', f64x2.div(f64x2.sub(m, constant(1)), f64x2.add(m, constant(1))));
    const square = f.local('v128', f64x2.mul(s, s));
    const log = f64x2.add(f64x2.fromLowI32x4(pick(exponent)), f64x2.mul(s, polynomial64(f, square, logarithm)));
    const product = f64x2.mul(log, f64x2.fromLowF32x4(pick(b)));
    // Results beyond float32 either way; what comes of a product that is no number does not count.
    const kept = f.local('v128', f64x2.pmin(f64x2.pmax(product, constant(-200)), constant(200)));
    const shifted = f.local('v128', f64x2.add(kept, constant(rounder)));
    const r = f.local('v128', f64x2.sub(kept, f64x2.sub(shifted, constant(rounder))));
    return { value: f32x4.fromF64x2(polynomial64(f, r, exponential)), shifted };
  };
  const low = half((x) => x);
  const high = half((x) => i8x16.shuffle32(x, x, [2, 3, 2, 3]));
  const value = i8x16.shuffle32(low.value, high.value, [0, 1, 4, 5]);
  return scaleByPowerOfTwo(f, value, i8x16.shuffle32(low.shifted, high.shifted, [0, 2, 4, 6]));
}

const infinity = Number.POSITIVE_INFINITY;
const signBit = i32x4.const(0x80000000 | 0);

/** aᵇ: within 1 ulp, with the special cases of C's `pow`: pow(x, 0) and pow(1, y) are 1 whatever the other is. */
export function pow(f: FunctionBuilder, a: Local<'v128'>, b: Local<'v128'>): V128 {
  const magnitude = f.local('v128', f32x4.abs(a));
  const result = f.local('v128', powerOf(f, splitNormal(f, magnitude), b));
  const finite = f32x4.lt(f32x4.abs(b), f.constant(f32x4.const(infinity)));
  f.if(i32.or(someUnusual(f, a), i32.eqz(i32x4.allTrue(finite))), () => {
    f.if(someUnusual(f, magnitude), () => f.set(result, powerOf(f, splitExponent(f, magnitude), b)));
    decideSpecialCases(f, { a, b, magnitude, result });
  });
  return result;
}

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
