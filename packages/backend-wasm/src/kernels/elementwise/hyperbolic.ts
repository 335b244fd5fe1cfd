import { type FunctionBuilder, f32x4, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { magnitudeOf, onePlus, powerOfTwo, reduce, withSignOf } from './exponential.ts';
import { logOf, logOfOneAnd, splitNormal } from './logarithm.ts';
import type { Lanes } from './map.ts';
import type { TwoSteps } from './steps.ts';

/** (eˣ + e⁻ˣ) / 2: within 3 ulp. */
export const cosh: Lanes = (f, x) => {
  const reduced = reduce(f, f32x4.pmin(magnitudeOf(f, x), f.number(89.5)));
  // A quarter of the power, so that what leads to the largest result is a float32.
  const quarter = f.local('v128', f32x4.mul(onePlus(f, reduced), powerOfTwo(f, reduced.n, -2)));
  return f32x4.add(f32x4.add(quarter, quarter), f32x4.div(f.number(0.125), quarter));
};

/** (eˣ - e⁻ˣ) / 2: within 3 ulp, near 0 too. */
export const sinh: TwoSteps = {
  // A quarter of eˣ - 1, so that what leads to the largest result is a float32.
  first: (f, x) => {
    const { n, r, tail } = reduce(f, f32x4.pmin(magnitudeOf(f, x), f.number(89.7)));
    const quarter = f.local('v128', powerOfTwo(f, n, -2));
    return f32x4.add(f32x4.mul(quarter, f32x4.add(r, tail)), f32x4.sub(quarter, f.number(0.25)));
  },
  second: (f, x, t) => {
    // What is divided by an infinite number is 0.
    const divisor = f32x4.add(f32x4.mul(t, f.number(4)), f.number(1));
    const half = f.local('v128', f32x4.add(t, f32x4.div(t, divisor)));
    const magnitude = f.local('v128', magnitudeOf(f, x));
    const isTiny = f32x4.lt(magnitude, f.number(2 ** -12));
    return withSignOf(f, x, v128.select(isTiny, magnitude, f32x4.add(half, half)));
  },
};

/** From here on ln(2x) is both inverse functions in float32. */
const large = 4096;

/** Corrects the result of an inverse function where x is large. */
function correctLarge(f: FunctionBuilder, x: V128, result: Local<'v128'>): void {
  f.if(i32x4.bitmask(f32x4.ge(x, f.number(large))), () => {
    const { exponent, mantissa } = splitNormal(f, x);
    const twice = f.local('v128', i32x4.add(exponent, i32x4.const(1)));
    const isInRange = f32x4.lt(x, f32x4.const(Number.POSITIVE_INFINITY));
    const logarithm = v128.select(isInRange, logOf(f, { exponent: twice, mantissa }), x);
    f.set(result, v128.select(f32x4.ge(x, f32x4.const(large)), logarithm, result));
  });
}

/** The inverse of sinh: within 4 ulp, near 0 too. */
export const asinh: TwoSteps = {
  first: (f, x) => {
    const magnitude = f.local('v128', magnitudeOf(f, x));
    const square = f.local('v128', f32x4.mul(magnitude, magnitude));
    const root = f32x4.sqrt(f32x4.add(square, f.number(1)));
    return f32x4.add(magnitude, f32x4.div(square, f32x4.add(root, f.number(1))));
  },
  second: (f, x, u) => {
    const result = f.local('v128', logOfOneAnd(f, u));
    correctLarge(f, magnitudeOf(f, x), result);
    return withSignOf(f, x, result);
  },
};

/** The inverse of cosh: within 4 ulp, near 1 too; NaN below. */
export const acosh: TwoSteps = {
  first: (f, x) => {
    const t = f.local('v128', f32x4.sub(x, f.number(1)));
    // Below 1 the square is made negative, which has no root.
    return f32x4.add(t, f32x4.sqrt(f32x4.mul(t, f32x4.add(magnitudeOf(f, t), f.number(2)))));
  },
  second: (f, x, u) => {
    const result = f.local('v128', logOfOneAnd(f, u));
    correctLarge(f, x, result);
    return result;
  },
};

/** The inverse of tanh: within 3 ulp, near 0 too; infinite at 1, NaN beyond. */
export const atanh: TwoSteps = {
  first: (f, x) => {
    const a = f.local('v128', magnitudeOf(f, x));
    return f32x4.div(f32x4.add(a, a), f32x4.sub(f.number(1), a));
  },
  second: (f, x, u) => {
    const result = f.local('v128', f32x4.mul(logOfOneAnd(f, u), f.number(0.5)));
    const a = magnitudeOf(f, x);
    f.if(i32x4.bitmask(f32x4.ge(a, f.number(1))), () => {
      const atEnd = v128.select(
        f32x4.eq(a, f32x4.const(1)),
        f32x4.const(Number.POSITIVE_INFINITY),
        f32x4.const(Number.NaN),
      );
      f.set(result, v128.select(f32x4.ge(a, f32x4.const(1)), atEnd, result));
    });
    return withSignOf(f, x, result);
  },
};
