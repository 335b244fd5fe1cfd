import { f32x4 } from '../../emitter/index.ts';
import type { Lanes } from './map.ts';

/** The square root, correctly rounded. */
export const sqrt: Lanes = (_, x) => f32x4.sqrt(x);

/** 1 / √x: within 1.5 ulp. */
export const rsqrt: Lanes = (_, x) => f32x4.div(f32x4.const(1), f32x4.sqrt(x));

/** 1 / x, correctly rounded. */
export const reciprocal: Lanes = (_, x) => f32x4.div(f32x4.const(1), x);

/** -1, 0 or 1, and 0 for -0; NaN for NaN. */
export const sign: Lanes = (f, x) => {
  // Twice, since the smallest numbers are 2^-149.
  const large = f.number(2 ** 100);
  const scaled = f32x4.mul(f32x4.mul(x, large), large);
  // These keep their first operand where one is NaN.
  return f32x4.add(f32x4.pmin(f32x4.pmax(scaled, f.number(-1)), f.number(1)), f.number(0));
};

/** The next whole number below. */
export const floor: Lanes = (_, x) => f32x4.floor(x);

/** The next whole number above. */
export const ceil: Lanes = (_, x) => f32x4.ceil(x);

/** x between 0 and 6; NaN stays. */
export const relu6: Lanes = (f, x) => f32x4.pmin(f32x4.pmax(x, f.number(0)), f.number(6));

/** The nearest whole number, of two the even one. */
export const round: Lanes = (_, x) => f32x4.nearest(x);
