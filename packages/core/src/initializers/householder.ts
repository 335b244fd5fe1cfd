/**
 * The factor Q of the thin QR factorisation of a matrix, with the signs that make the diagonal of R positive.
 *
 * Of a matrix of independent normal numbers this Q is uniformly distributed among all matrices with orthonormal columns.
 * Mezzadri: "How to generate random matrices from the classical compact groups", 2007.
 *
 * @param matrix [rows, columns] with rows >= columns, column after column; it is overwritten.
 * @returns Q, [rows, columns], column after column.
 */
export function orthonormalColumns(matrix: Float64Array, rows: number, columns: number): Float64Array {
  // Reflection j is I - v vᵀ, with v in what was column j, from row j on, scaled to a squared length of 2.
  const signs = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    signs[j] = makeReflector(matrix.subarray(j * rows + j, (j + 1) * rows));
    for (let k = j + 1; k < columns; k++) reflect(matrix, matrix, rows, j, k);
  }
  const q = new Float64Array(rows * columns);
  for (let j = columns - 1; j >= 0; j--) {
    q[j * rows + j] = 1;
    for (let k = j; k < columns; k++) reflect(matrix, q, rows, j, k);
  }
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) q[j * rows + i] = (q[j * rows + i] as number) * (signs[j] as number);
  }
  return q;
}

/**
 * Replaces a vector by the reflector that turns it into a multiple of the first unit vector.
 *
 * @returns The sign of that multiple.
 */
function makeReflector(vector: Float64Array): number {
  let square = 0;
  for (const x of vector) square += x * x;
  const first = vector[0] as number;
  const sign = first > 0 ? -1 : 1;
  const norm = Math.sqrt(square);
  if (norm === 0) return 1;
  vector[0] = first - sign * norm;
  const scale = 1 / Math.sqrt(norm * (norm + Math.abs(first)));
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * scale;
  return sign;
}

/** Applies reflection `j` to column `k` of `target`. */
function reflect(reflectors: Float64Array, target: Float64Array, rows: number, j: number, k: number): void {
  const v = j * rows;
  const x = k * rows;
  let product = 0;
  for (let i = j; i < rows; i++) product += (reflectors[v + i] as number) * (target[x + i] as number);
  for (let i = j; i < rows; i++) target[x + i] = (target[x + i] as number) - product * (reflectors[v + i] as number);
}
