import { f32x4 } from '../../emitter/index.ts';
import { expm1Of, magnitudeOf, withSignOf } from './exponential.ts';
import { factorial, fitPolynomial, polynomial, powerSeries } from './polynomial.ts';
import type { TwoSteps } from './steps.ts';

/** From here on the error function is 1 in float32. */
const end = 4;

/** ln(1 - erf(x)) / x + 1, which is small where x is, so that its rounding does not count there. */
const remainder = fitPolynomial((x) => logarithmOfComplement(x) / x + 1, 0, end, 10);

/** The error function: within 3 ulp. */
export const erf: TwoSteps = {
  first: (f, x) => {
    const magnitude = f.local('v128', f32x4.pmin(magnitudeOf(f, x), f.number(end)));
    return f32x4.sub(f32x4.mul(magnitude, polynomial(f, magnitude, remainder)), magnitude);
  },
  second: (f, x, t) => withSignOf(f, x, magnitudeOf(f, expm1Of(f, t))),
};

/** ln(1 - erf(x)), for x above 0. */
function logarithmOfComplement(x: number): number {
  return x < 0.5 ? Math.log1p(-x * erfOverX(x * x)) : Math.log(scaledComplement(x)) - x * x;
}

function erfOverX(square: number): number {
  return powerSeries(-square, (n) => 2 / Math.sqrt(Math.PI) / (factorial(n) * (2 * n + 1)));
}

/** (1 - erf(x)) · e^(x²): by the series below 2, by the continued fraction above. */
function scaledComplement(x: number): number {
  if (x < 2) return (1 - x * erfOverX(x * x)) * Math.exp(x * x);
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return 1 / (fraction * Math.sqrt(Math.PI));
}
