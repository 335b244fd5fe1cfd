import type { Dtype, NdArray, Shape } from './nd-array.ts';
import { sizeOf } from './nd-array.ts';

/** What a result has to be: the right values in float64, and how far from each of them float32 arithmetic may be. */
export interface Expected extends NdArray {
  /** By element. A difference of 0 is asked where it is undefined. */
  readonly tolerance?: Float64Array;
}

/** Smallest normal number of float32: where results underflow, backends may give 0. */
const SMALLEST_NORMAL = 2 ** -126;

/** `|a − b| ≤ 1e-5 · (1 + |b|)`: the rule for functions of single elements. */
export function elementwiseTolerance(value: number): number {
  return Number.isFinite(value) ? 1e-5 * (1 + Math.abs(value)) : 0;
}

/** `|a − b| ≤ 1e-6 · √K · Σ|terms|`: the rule for sums of K terms. */
export function sumTolerance(count: number, magnitude: number): number {
  return count === 0 || !Number.isFinite(magnitude) ? 0 : 1e-6 * Math.sqrt(count) * magnitude + SMALLEST_NORMAL;
}

/** The values themselves, without any rounding. */
export function exactly(shape: Shape, data: ArrayLike<number>, dtype: Dtype = 'float32'): Expected {
  return { shape, dtype, data: Float64Array.from(data) };
}

/** Values under the elementwise rule; integers and booleans have to be exact. */
export function withinElementwise(shape: Shape, data: Float64Array, dtype: Dtype = 'float32'): Expected {
  return { shape, dtype, data, tolerance: dtype === 'float32' ? data.map(elementwiseTolerance) : undefined };
}

/** Sums term by term, and with them what the sum rule allows. */
export class Sums {
  readonly shape: Shape;
  readonly data: Float64Array;
  readonly magnitudes: Float64Array;
  readonly counts: Float64Array;
  /** What the inexactness of the terms themselves adds to the tolerance. */
  readonly inherited: Float64Array;

  constructor(shape: Shape) {
    this.shape = shape;
    const size = sizeOf(shape);
    this.data = new Float64Array(size);
    this.magnitudes = new Float64Array(size);
    this.counts = new Float64Array(size);
    this.inherited = new Float64Array(size);
  }

  add(at: number, term: number, inherited = 0): void {
    (this.data[at] as number) += term;
    (this.magnitudes[at] as number) += Math.abs(term);
    (this.counts[at] as number) += 1;
    if (inherited !== 0) (this.inherited[at] as number) += inherited;
  }

  /** The sums, each divided by a number; exact for integers. */
  expected(dtype: Dtype = 'float32', divisor = 1): Expected {
    const data = this.data.map((value) => value / divisor);
    if (dtype !== 'float32') return { shape: this.shape, dtype, data };
    const tolerance = this.data.map(
      (_, i) =>
        sumTolerance(this.counts[i] as number, (this.magnitudes[i] as number) / divisor) +
        (this.inherited[i] as number) / divisor,
    );
    return { shape: this.shape, dtype, data, tolerance };
  }
}

const FLOAT32_MAX = 2 ** 128 - 2 ** 104;

/** Whether a value is what was expected, up to the tolerance. NaN is expected where it is expected. */
export function agrees(got: number, want: number, tolerance: number): boolean {
  if (Number.isNaN(want)) return Number.isNaN(got);
  const rounded = Math.fround(want);
  if (got === rounded || got === want) return true;
  // Near the largest float32, rounding errors decide whether the result is infinite.
  if (!Number.isFinite(got)) return got === Math.sign(want) * Infinity && Math.abs(want) + tolerance >= FLOAT32_MAX;
  return Math.abs(got - want) <= tolerance;
}
