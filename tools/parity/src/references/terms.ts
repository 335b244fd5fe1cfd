import { type Expected, Sums } from '../expected.ts';
import type { NdArray, Shape } from '../nd-array.ts';

/** Calls `emit` for every term `weight · x[at]` of a linear map's result `out`. */
export type LinearTerms = (emit: (out: number, at: number, weight: number) => void) => void;

/** Calls `emit` for every term `a[i] · b[j]` of a bilinear map's result `out`. */
export type BilinearTerms = (emit: (out: number, a: number, b: number) => void) => void;

/** The result of a linear map. */
export function linear(shape: Shape, terms: LinearTerms, x: NdArray | Expected): Expected {
  const sums = new Sums(shape);
  const tolerance = 'tolerance' in x ? x.tolerance : undefined;
  terms((out, at, weight) => {
    sums.add(out, weight * (x.data[at] as number), tolerance && Math.abs(weight) * (tolerance[at] as number));
  });
  return sums.expected();
}

/** The transpose of a linear map, which is its gradient. */
export function linearTransposed(shape: Shape, terms: LinearTerms, dy: NdArray | Expected): Expected {
  return linear(shape, (emit) => terms((out, at, weight) => emit(at, out, weight)), dy);
}

function toleranceOf(x: NdArray | Expected): Float64Array | undefined {
  return 'tolerance' in x ? x.tolerance : undefined;
}

/** The result of a bilinear map. Inexact operands make the result as inexact. */
export function bilinear(shape: Shape, terms: BilinearTerms, a: NdArray | Expected, b: NdArray | Expected): Expected {
  const sums = new Sums(shape);
  const [aTolerance, bTolerance] = [toleranceOf(a), toleranceOf(b)];
  terms((out, i, j) => {
    const [x, y] = [a.data[i] as number, b.data[j] as number];
    let inherited = 0;
    if (aTolerance !== undefined) inherited += (aTolerance[i] as number) * Math.abs(y);
    if (bTolerance !== undefined) inherited += (bTolerance[j] as number) * Math.abs(x);
    sums.add(out, x * y, inherited);
  });
  return sums.expected();
}

/** The gradient of a bilinear map by its first operand. */
export function bilinearByFirst(shape: Shape, terms: BilinearTerms, dy: NdArray | Expected, b: NdArray): Expected {
  return bilinear(shape, (emit) => terms((out, i, j) => emit(i, out, j)), dy, b);
}

/** The gradient of a bilinear map by its second operand. */
export function bilinearBySecond(shape: Shape, terms: BilinearTerms, dy: NdArray | Expected, a: NdArray): Expected {
  return bilinear(shape, (emit) => terms((out, i, j) => emit(j, out, i)), dy, a);
}
