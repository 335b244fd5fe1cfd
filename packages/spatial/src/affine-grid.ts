import type { AffineWarpConstraints } from './affine-warp-constraints.ts';

/** A matrix of numbers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The parts of an affine transformation of a grid, for one coordinate of its points. */
export interface AffineRow {
  /** By which the free entries of the row are multiplied: a row for each of them, a column for each point. */
  readonly free: Float32Array[];
  /** What the fixed entries of the row give for each point, or null without any. */
  readonly fixed: Float32Array | null;
  /** What moves the centre of the grid to that of the source. */
  readonly offset: number;
}

/**
 * The points of a grid in the order of its elements: a row for each dimension of the source (x first, in [-1, 1]; 0 where
 * the grid has no such dimension), and a last row of ones.
 *
 * Like numpy's `meshgrid`, and so like Sonnet, it swaps the first two axes only: in more than two dimensions the points go
 * through z fastest.
 */
function homogeneousCoordinates(outputShape: readonly number[], numDim: number): Float32Array[] {
  const sizes = outputShape.toReversed();
  const axes = sizes.map((_, i) => (sizes.length > 1 && i < 2 ? 1 - i : i));
  const numPoints = sizes.reduce((product, size) => product * size, 1);
  const rows = sizes.map((size, i) => {
    const axis = axes[i] as number;
    const stride = axes.slice(axis + 1).reduce((product, other) => product * (sizes[other] as number), 1);
    const steps = evenlySpaced(size);
    return Float32Array.from({ length: numPoints }, (_, n) => steps[Math.floor(n / stride) % size] as number);
  });
  while (rows.length < numDim) rows.push(new Float32Array(numPoints));
  return [...rows, new Float32Array(numPoints).fill(1)];
}

/** Numbers from -1 to 1; one alone is -1. */
function evenlySpaced(count: number): Float32Array {
  const step = count > 1 ? 2 / (count - 1) : 0;
  return Float32Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? 1 : i * step - 1));
}

/** The parts of the transformation of a grid into a source, for each coordinate. */
export function affineRows(
  sourceShape: readonly number[],
  outputShape: readonly number[],
  constraints: AffineWarpConstraints,
): AffineRow[] {
  const coordinates = homogeneousCoordinates(outputShape, sourceShape.length);
  return sourceShape.toReversed().map((size, i) => {
    const row = constraints.constraints[i] ?? [];
    const scale = (size - 1) / 2;
    const terms = row.map((entry, j) =>
      (coordinates[j] as Float32Array).map((x) => Math.fround(x * (entry ?? 1)) * scale),
    );
    return {
      free: terms.filter((_, j) => row[j] === null),
      fixed: sum(terms.filter((_, j) => row[j] !== null)),
      offset: scale,
    };
  });
}

function sum(terms: readonly Float32Array[]): Float32Array | null {
  const [first, ...rest] = terms;
  if (first === undefined) return null;
  return rest.reduce((total, term) => total.map((value, n) => value + (term[n] as number)), first);
}

/**
 * The transformation of all points at once: `parameters · matrix + constant` has the coordinates of the first point, then
 * those of the second, ….
 */
export function affineMap(rows: readonly AffineRow[], numPoints: number): { matrix: Matrix; constant: Float32Array } {
  const numDim = rows.length;
  const columns = numPoints * numDim;
  const terms = rows.flatMap(({ free }, i) => free.map((values) => ({ values, i })));
  const values = new Float32Array(terms.length * columns);
  terms.forEach((term, k) => {
    term.values.forEach((value, n) => {
      values[k * columns + n * numDim + term.i] = value;
    });
  });
  const constant = new Float32Array(columns);
  rows.forEach(({ fixed, offset }, i) => {
    for (let n = 0; n < numPoints; n++) constant[n * numDim + i] = (fixed?.[n] ?? 0) + offset;
  });
  return { matrix: { rows: terms.length, columns, values }, constant };
}
