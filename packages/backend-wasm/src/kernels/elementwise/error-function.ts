import { f32x4, v128 } from '../../emitter/index.ts';
import { expNear, withSignOf } from './exponential.ts';
import type { Lanes } from './map.ts';
import { fitPolynomial, polynomial, powerSeries } from './polynomial.ts';

/** erf(x) / x as a function of x², for x up to 1. */
const [atZero = 0, ...nearZero] = fitPolynomial((square) => erfOverX(square), 0, 1, 6);

/** (1 - erf(x)) · e^(x²), from 1 to where erf is 1 in float32. */
const far = fitPolynomial(scaledComplement, 1, 4, 10);

/** The error function: within 3 ulp. */
export const erf: Lanes = (f, x) => {
  const magnitude = f.local('v128', f32x4.pmin(f32x4.abs(x), f32x4.const(4)));
  const square = f.local('v128', f32x4.mul(magnitude, magnitude));
  const gauss = f.local('v128', f32x4.neg(square));
  const complement = f32x4.mul(expNear(f, gauss), polynomial(f, magnitude, far));
  const tail = f.local('v128', f32x4.sub(f32x4.const(1), complement));
  const small = f32x4.mul(square, polynomial(f, square, nearZero));
  const center = f32x4.mul(magnitude, f32x4.add(f.constant(f32x4.const(atZero)), small));
  return withSignOf(f, x, v128.select(f32x4.lt(magnitude, f32x4.const(1)), center, tail));
};

function erfOverX(square: number): number {
  let factorial = 1;
  return powerSeries(-square, (n) => {
    if (n > 0) factorial *= n;
    return 2 / Math.sqrt(Math.PI) / (factorial * (2 * n + 1));
  });
}

/** By the series below 2, by the continued fraction above. */
function scaledComplement(x: number): number {
  if (x < 2) return (1 - x * erfOverX(x * x)) * Math.exp(x * x);
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return 1 / (fraction * Math.sqrt(Math.PI));
}
