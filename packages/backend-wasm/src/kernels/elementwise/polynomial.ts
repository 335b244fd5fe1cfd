import { f32x4, f64x2, type Local, type V128 } from '../../emitter/index.ts';

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

/** A polynomial in four float32 lanes, by Horner's rule. */
export function horner(x: Local<'v128'>, coefficients: readonly number[]): V128 {
  return evaluatePolynomial(f32x4, x, coefficients);
}

/** A polynomial in two float64 lanes. */
export function horner64(x: Local<'v128'>, coefficients: readonly number[]): V128 {
  return evaluatePolynomial(f64x2, x, coefficients);
}

function evaluatePolynomial(
  lanes: Pick<typeof f64x2, 'const' | 'add' | 'mul'>,
  x: Local<'v128'>,
  coefficients: readonly number[],
): V128 {
  const [last = 0, ...rest] = [...coefficients].reverse();
  return rest.reduce((sum, coefficient) => lanes.add(lanes.mul(sum, x), lanes.const(coefficient)), lanes.const(last));
}
