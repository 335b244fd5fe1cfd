import { describe, expect, it } from 'vitest';
import { orthonormalColumns } from './householder.ts';

/** Column-major. */
function product(a: Float64Array, b: Float64Array, rows: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < rows; k++) sum += (a[i * rows + k] as number) * (b[j * rows + k] as number);
  return sum;
}

describe('orthonormalColumns', () => {
  const rows = 7;
  const columns = 4;
  const matrix = Float64Array.from({ length: rows * columns }, (_, i) => ((i * 7919) % 101) / 50 - 1);
  const q = orthonormalColumns(matrix.slice(), rows, columns);

  it('has columns of length 1 at right angles', () => {
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) expect(product(q, q, rows, i, j)).toBeCloseTo(i === j ? 1 : 0, 14);
    }
  });

  it('leaves an upper triangle R with a positive diagonal, and R = QᵀA', () => {
    for (let j = 0; j < columns; j++) {
      for (let i = j + 1; i < columns; i++) expect(product(q, matrix, rows, i, j)).toBeCloseTo(0, 14);
      expect(product(q, matrix, rows, j, j)).toBeGreaterThan(0);
    }
  });

  it('gives the identity for the identity, and copes with zeros', () => {
    const [a, b, c, d] = orthonormalColumns(Float64Array.of(1, 0, 0, 1), 2, 2);
    expect([a, b, c, d].map((x) => Math.round((x as number) * 1e14) / 1e14 + 0)).toEqual([1, 0, 0, 1]);
    const degenerate = orthonormalColumns(Float64Array.of(0, 0, 0, 0, 0, 1), 3, 2);
    expect(product(degenerate, degenerate, 3, 0, 0)).toBeCloseTo(1, 14);
    expect(product(degenerate, degenerate, 3, 0, 1)).toBeCloseTo(0, 14);
  });
});
