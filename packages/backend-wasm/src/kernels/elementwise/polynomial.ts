import { type FunctionBuilder, f32x4, f64x2, type Local, type V128 } from '../../emitter/index.ts';

/**
 * The polynomial that agrees with a function at the Chebyshev nodes of an interval: nearly the best one of its degree.
 *
 * @returns Its coefficients, the constant one first.
 */
export function fitPolynomial(
  evaluate: (x: number) => number,
  low: number,
  high: number,
  degree: number,
): readonly number[] {
  const nodes = Array.from(
    { length: degree + 1 },
    (_, k) => (low + high) / 2 + ((high - low) / 2) * Math.cos((Math.PI * (k + 0.5)) / (degree + 1)),
  );
  const differences = nodes.map(evaluate);
  for (let order = 1; order <= degree; order++) {
    for (let k = degree; k >= order; k--) {
      const [node = 0, earlier = 0] = [nodes[k], nodes[k - order]];
      differences[k] = ((differences[k] ?? 0) - (differences[k - 1] ?? 0)) / (node - earlier);
    }
  }
  return expandNewtonForm(nodes, differences);
}

/** The coefficients of powers of x for d0 + (x - n0)·(d1 + (x - n1)·(…)). */
function expandNewtonForm(nodes: readonly number[], differences: readonly number[]): readonly number[] {
  let coefficients: number[] = [];
  for (let k = differences.length - 1; k >= 0; k--) {
    const node = nodes[k] ?? 0;
    const shifted = [0, ...coefficients];
    coefficients.forEach((coefficient, power) => {
      shifted[power] = (shifted[power] ?? 0) - node * coefficient;
    });
    shifted[0] = (shifted[0] ?? 0) + (differences[k] ?? 0);
    coefficients = shifted;
  }
  return coefficients;
}

/** A power series by its coefficients, summed until its terms no longer count. */
export function powerSeries(x: number, coefficient: (power: number) => number): number {
  let sum = 0;
  let power = 1;
  for (let k = 0; k < 40; k++) {
    sum += coefficient(k) * power;
    power *= x;
  }
  return sum;
}

/** 1 · 2 · … · n, of which many power series are made. */
export function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** A polynomial in four float32 lanes. */
export function polynomial(f: FunctionBuilder, x: Local<'v128'>, coefficients: readonly number[]): V128 {
  return evaluatePolynomial(f, f32x4, x, coefficients);
}

/** A polynomial in two float64 lanes. */
export function polynomial64(f: FunctionBuilder, x: Local<'v128'>, coefficients: readonly number[]): V128 {
  return evaluatePolynomial(f, f64x2, x, coefficients);
}

/**
 * Estrin's scheme: neighbouring terms are joined, then pairs of terms, and so on. It takes a few more products than Horner's rule,
 * but its steps do not all wait for each other.
 */
function evaluatePolynomial(
  f: FunctionBuilder,
  lanes: typeof f32x4 | typeof f64x2,
  x: Local<'v128'>,
  coefficients: readonly number[],
): V128 {
  let power = x;
  let terms: V128[] = coefficients.map((coefficient) => f.constant(lanes.const(coefficient)));
  while (terms.length > 1) {
    if (terms.length < coefficients.length) power = f.local('v128', lanes.mul(power, power));
    terms = terms.flatMap((term, i) => {
      if (i % 2 === 1) return [];
      const next = terms[i + 1];
      return [next === undefined ? term : f.multiplyAdd(next, power, term, lanes)];
    });
  }
  return terms[0] ?? lanes.const(0);
}
