import { ValueError } from '@sonnetjs/core';

/** One entry of the matrix of an affine transformation: the number that it is fixed at, or null where it is free. */
export type AffineConstraint = number | null;

/** The entries of such a matrix: N rows of N + 1 entries, the last one of each for the translation. */
export type AffineConstraintMatrix = Iterable<Iterable<AffineConstraint | undefined>>;

/** Options of {@link AffineWarpConstraints}. */
export interface AffineWarpConstraintsOptions {
  /** Which entries are fixed, [N, N + 1]. Default: none of those of a transformation in the plane, [2, 3]. */
  readonly constraints?: AffineConstraintMatrix;
}

/** The numbers at which entries in the plane are fixed. */
export interface PlaneConstraints {
  /** Of the horizontal direction. Default: free. */
  readonly x?: AffineConstraint;
  /** Of the vertical direction. Default: free. */
  readonly y?: AffineConstraint;
}

/** The numbers at which entries in space are fixed. */
export interface SpaceConstraints extends PlaneConstraints {
  /** Of the third direction. Default: free. */
  readonly z?: AffineConstraint;
}

const NOTHING_FIXED: AffineConstraintMatrix = [
  [null, null, null],
  [null, null, null],
];

/**
 * Which entries of the matrix of an affine transformation are fixed, and at which numbers. The others are parameters.
 *
 * Instances do not change. Rows and columns are in the order x, y, z; the last column is the translation.
 *
 * Sonnet: `snt.AffineWarpConstraints`.
 *
 * @example
 * ```ts
 * import { AffineWarpConstraints } from '@sonnetjs/spatial';
 * import assert from 'node:assert';
 *
 * const turnAndShift = AffineWarpConstraints.scale2d({ x: 1, y: 1 });
 * const turn = turnAndShift.combineWith(AffineWarpConstraints.translation2d({ x: 0, y: 0 }));
 * assert.deepEqual(turn.constraints, [[1, null, 0], [null, 1, 0]]);
 * assert.equal(turn.numFreeParams, 2);
 * ```
 */
export class AffineWarpConstraints {
  readonly #constraints: readonly (readonly AffineConstraint[])[];

  /**
   * @param options `constraints`: the matrix.
   * @throws TypeError when `constraints` is not a nested iterable, or an entry is neither a number nor null.
   * @throws ValueError when there are not N rows of N + 1 entries, or a number is not finite.
   */
  constructor(options: AffineWarpConstraintsOptions = {}) {
    const rows = readRows(options.constraints ?? NOTHING_FIXED);
    if (rows.length === 0 || rows.some((row) => row.length !== rows.length + 1)) {
      const lengths = rows.map((row) => row.length).join(', ');
      throw new ValueError(
        'AffineWarpConstraints: the constraints must be a matrix of N rows with N + 1 entries each, the last one for the ' +
          `translation; got ${rows.length} rows with [${lengths}] entries.`,
      );
    }
    this.#constraints = Object.freeze(rows.map((row) => Object.freeze(row)));
  }

  /**
   * No entry is fixed.
   *
   * @param options `numDim`: the number of dimensions. Default: 2.
   * @throws ValueError when it is not a positive integer.
   */
  static noConstraints(options: { readonly numDim?: number } = {}): AffineWarpConstraints {
    const { numDim = 2 } = options;
    if (!Number.isSafeInteger(numDim) || numDim < 1) {
      throw new ValueError(`AffineWarpConstraints: numDim must be a positive integer; got ${String(numDim)}.`);
    }
    return new AffineWarpConstraints({ constraints: Array(numDim).fill(Array(numDim + 1).fill(null)) });
  }

  /** Fixes the translation in the plane. */
  static translation2d({ x = null, y = null }: PlaneConstraints = {}): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [null, null, x],
        [null, null, y],
      ],
    });
  }

  /** Fixes the translation in space. */
  static translation3d({ x = null, y = null, z = null }: SpaceConstraints = {}): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [null, null, null, x],
        [null, null, null, y],
        [null, null, null, z],
      ],
    });
  }

  /** Fixes the scale in the plane: the entries on the diagonal. */
  static scale2d({ x = null, y = null }: PlaneConstraints = {}): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [x, null, null],
        [null, y, null],
      ],
    });
  }

  /** Fixes the scale in space: the entries on the diagonal. */
  static scale3d({ x = null, y = null, z = null }: SpaceConstraints = {}): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [x, null, null, null],
        [null, y, null, null],
        [null, null, z, null],
      ],
    });
  }

  /** Fixes the shear in the plane: the entries beside the diagonal. */
  static shear2d({ x = null, y = null }: PlaneConstraints = {}): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [null, x, null],
        [y, null, null],
      ],
    });
  }

  /** Fixes the shear in the plane at 0: each direction is scaled and translated by itself. */
  static noShear2d(): AffineWarpConstraints {
    return AffineWarpConstraints.shear2d({ x: 0, y: 0 });
  }

  /** Fixes the shear in space at 0: each direction is scaled and translated by itself. */
  static noShear3d(): AffineWarpConstraints {
    return new AffineWarpConstraints({
      constraints: [
        [null, 0, 0, null],
        [0, null, 0, null],
        [0, 0, null, null],
      ],
    });
  }

  /** The matrix, [N, N + 1]: a number where the entry is fixed, null where it is free. */
  get constraints(): readonly (readonly AffineConstraint[])[] {
    return this.#constraints;
  }

  /** The number of dimensions, N. */
  get numDim(): number {
    return this.constraints.length;
  }

  /** The number of entries that are free: how many parameters a transformation has. */
  get numFreeParams(): number {
    return this.mask.flat().filter((isFree) => isFree).length;
  }

  /** The matrix, [N, N + 1]: true where the entry is free. */
  get mask(): boolean[][] {
    return this.constraints.map((row) => row.map((entry) => entry === null));
  }

  /**
   * Constraints that fix what these or the others fix.
   *
   * A 0 counts as a number like any other; in Sonnet one on the left is lost where the right is free.
   *
   * @param additionalConstraints The others: constraints, or a matrix of them.
   * @throws ValueError when an entry is fixed at different numbers, or the dimensions differ.
   * @throws TypeError when the others are not constraints.
   */
  combineWith(additionalConstraints: AffineWarpConstraints | AffineConstraintMatrix): AffineWarpConstraints {
    const others = toConstraints(additionalConstraints);
    if (others.numDim !== this.numDim) {
      throw new ValueError(
        `AffineWarpConstraints: constraints of ${this.numDim} dimensions cannot be combined with constraints of ` +
          `${others.numDim} dimensions.`,
      );
    }
    const constraints = this.constraints.map((row, i) =>
      row.map((entry, j) => combine(entry, others.constraints[i]?.[j] ?? null, i, j)),
    );
    return new AffineWarpConstraints({ constraints });
  }

  /** What {@link combineWith} gives: Python's `&`. */
  and(additionalConstraints: AffineWarpConstraints | AffineConstraintMatrix): AffineWarpConstraints {
    return this.combineWith(additionalConstraints);
  }
}

/** Constraints as they are, or made from a matrix. */
export function toConstraints(value: AffineWarpConstraints | AffineConstraintMatrix): AffineWarpConstraints {
  return value instanceof AffineWarpConstraints ? value : new AffineWarpConstraints({ constraints: value });
}

function combine(left: AffineConstraint, right: AffineConstraint, row: number, column: number): AffineConstraint {
  if (left !== null && right !== null && left !== right) {
    throw new ValueError(
      `AffineWarpConstraints: incompatible constraints: the entry in row ${row} and column ${column} is fixed at ` +
        `${left} and at ${right}.`,
    );
  }
  return left ?? right;
}

function readRows(matrix: unknown): AffineConstraint[][] {
  return readItems(matrix).map((row, i) => readItems(row).map((entry, j) => readEntry(entry, i, j)));
}

function readItems(value: unknown): unknown[] {
  const isIterable = typeof value === 'object' && value !== null && Symbol.iterator in value;
  if (isIterable) return [...(value as Iterable<unknown>)];
  throw new TypeError(
    `AffineWarpConstraints: constraints must be a nested iterable, a list of rows; got ${String(value)} (${typeof value}).`,
  );
}

function readEntry(entry: unknown, row: number, column: number): AffineConstraint {
  if (entry === null || entry === undefined) return null;
  if (typeof entry === 'number' && Number.isFinite(entry)) return entry;
  const message =
    `AffineWarpConstraints: the entry in row ${row} and column ${column} must be a finite number, or null to leave it ` +
    `free; got ${String(entry)} (${typeof entry}).`;
  throw typeof entry === 'number' ? new ValueError(message) : new TypeError(message);
}
