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

const signBit = i32x4.const(0x80000000 | 0);

/** Up to here the product of a quotient and half the digits of a divisor is exact in float32. */
const largestShortQuotient = 2 ** 11;

/** What division leaves, with the sign of the divisor: rounded once, whatever the quotient. */
export function modulo(f: FunctionBuilder, a: Local<'v128'>, b: Local<'v128'>): V128 {
  // With the nearest quotient, what is left is half of the divisor at most, and every step but the last exact.
  const quotient = f.local('v128', f32x4.nearest(f32x4.div(a, b)));
  const high = f.local('v128', v128.and(b, f.constant(i32x4.const(0xfffff000 | 0))));
  const upper = f32x4.sub(a, f32x4.mul(quotient, high));
  const rest = f.local('v128', f32x4.sub(upper, f32x4.mul(quotient, f32x4.sub(b, high))));
  const isBehind = f32x4.lt(v128.xor(rest, v128.and(b, f.constant(signBit))), f32x4.const(0));
  const result = f.local('v128', f32x4.add(rest, v128.and(b, isBehind)));
  const isShort = f32x4.le(f32x4.abs(quotient), f.number(largestShortQuotient));
  // What is left of an infinite divisor is NaN so far.
  const isDone = v128.and(isShort, f32x4.eq(rest, rest));
  f.if(i32.ne(i32x4.bitmask(isDone), i32.const(0b1111)), () => {
    const low = f.local('v128', moduloOfTwo(f, a, b));
    const upperTwo = (x: V128): V128 => i8x16.shuffle32(x, x, [2, 3, 2, 3]);
    f.set(result, i8x16.shuffle32(low, moduloOfTwo(f, upperTwo(a), upperTwo(b)), [0, 1, 4, 5]));
  });
  return result;
}

/** The same for the lower two lanes and any quotient: it is subtracted in parts of 24 digits, whose products are exact in float64. */
function moduloOfTwo(f: FunctionBuilder, a: V128, b: V128): V128 {
  const [rest, divisor] = [f.local('v128', f64x2.fromLowF32x4(a)), f.local('v128', f64x2.fromLowF32x4(b))];
  const upperDigits = i32x4.lanes(0xe0000000 | 0, -1, 0xe0000000 | 0, -1);
  const isLeft = f64x2.ge(f64x2.abs(rest), f64x2.abs(divisor));
  f.while(v128.anyTrue(isLeft), () => {
    const part = f64x2.trunc(v128.and(f64x2.div(rest, divisor), upperDigits));
    // Lanes that are done have a part of 0, and keep what is left where the divisor is infinite.
    f.set(rest, v128.select(isLeft, f64x2.sub(rest, f64x2.mul(part, divisor)), rest));
  });
  const isNegative = (x: V128): V128 => f64x2.lt(x, f64x2.const(0));
  const isBehind = v128.and(v128.xor(isNegative(rest), isNegative(divisor)), f64x2.ne(rest, f64x2.const(0)));
  const shifted = f64x2.add(rest, v128.and(divisor, isBehind));
  return f32x4.fromF64x2(v128.or(shifted, f64x2.ne(divisor, divisor)));
}
