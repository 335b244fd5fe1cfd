import {
  type BuildParameters,
  graphConstant,
  IncompatibleShapeError,
  Module,
  type ModuleOptions,
  NotImplementedError,
  required,
  SonnetError,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { affineMap, affineRows, type Matrix } from './affine-grid.ts';
import { completeMatrix, invertPlaneTransformation } from './affine-inverse.ts';
import { type AffineConstraintMatrix, AffineWarpConstraints, toConstraints } from './affine-warp-constraints.ts';
import { checkDimensions, type GridFeature, GridWarper, readShape } from './grid-warper.ts';

/** Options of {@link AffineGridWarper}. */
export interface AffineGridWarperOptions extends Pick<ModuleOptions, 'name'> {
  /**
   * The entries of the transformation's matrix that are fixed: {@link AffineWarpConstraints}, or rows of numbers and nulls.
   * Default: none.
   */
  readonly constraints?: AffineWarpConstraints | AffineConstraintMatrix | null;
}

/**
 * Transforms a regular grid by an affine transformation whose matrix, [N, N + 1], are its inputs.
 *
 * The transformation is that of coordinates from -1 to 1 in both domains; the grid that comes out is in pixels of the
 * source, x first, as the {@link resampler} takes it. The identity, [1, 0, 0, 0, 1, 0] in the plane, scales the source to
 * the size of the output.
 *
 * Sonnet: `snt.AffineGridWarper`. Jaderberg et al., "Spatial Transformer Networks" (2015).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AffineGridWarper, AffineWarpConstraints, resampler } from '@sonnetjs/spatial';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
 * const warper = new AffineGridWarper([3, 3], [3, 3], { constraints: AffineWarpConstraints.noShear2d() });
 * const mirror = tf.tensor2d([[-1, 0, 1, 0]]); // scale and translation of x, then those of y
 * const mirrored = resampler(image, warper(mirror));
 * assert.deepEqual([...mirrored.dataSync()], [3, 2, 1, 6, 5, 4, 9, 8, 7]);
 * ```
 */
export class AffineGridWarper extends GridWarper<{ readonly constraints: AffineWarpConstraints }> {
  static override readonly moduleName: string = 'affine_grid_warper';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #constraints: AffineWarpConstraints;
  readonly #constantKey: string;

  /**
   * @param sourceShape The size of the source domain: [height, width] of an image, [height, width, depth] of a volume.
   * @param outputShape The size of the output domain, of as many dimensions or fewer.
   * @param options See {@link AffineGridWarperOptions}.
   * @throws SonnetError when all entries are fixed, when the constraints have another number of dimensions than the source
   *   domain, or when the output domain has more.
   * @throws TypeError when a shape or the constraints are not iterable.
   * @throws ValueError when a size is not a positive integer, or the constraints are not [N, N + 1] numbers and nulls.
   */
  constructor(sourceShape: Iterable<number>, outputShape: Iterable<number>, options: AffineGridWarperOptions = {}) {
    const source = readShape(sourceShape, 'AffineGridWarper: sourceShape');
    const output = readShape(outputShape, 'AffineGridWarper: outputShape');
    const { length: numDim } = source;
    const constraints = toConstraints(options.constraints ?? AffineWarpConstraints.noConstraints({ numDim }));
    checkConstraints(constraints, numDim);
    checkDimensions(source, output, 'AffineGridWarper');
    const name = options.name ?? AffineGridWarper.moduleName;
    super(source, output, numDim * (numDim + 1), name, { constraints });
    this.#constraints = constraints;
    this.#constantKey = `affine_grid_warper/${JSON.stringify([source, output, constraints.constraints])}`;
  }

  /**
   * @param inputs float32 [batchSize, numFreeParams]: the entries that are free, row by row of the matrix.
   * @returns float32 [batchSize, ...outputShape, N]: the points in the source, in pixels, the coordinates in the order x,
   *   y, z.
   * @throws SonnetError when the number of parameters is not that of the free entries.
   * @throws IncompatibleShapeError when the inputs do not have two dimensions.
   * @throws ValueError when they are not float32.
   * @throws TypeError when they are no tensor.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    checkParameters(inputs, this.#constraints.numFreeParams, String(this));
    const map = (): { readonly matrix: Matrix; readonly constant: Float32Array } =>
      affineMap(affineRows(this.sourceShape, this.outputShape, this.#constraints), numPointsOf(this.outputShape));
    const matrix = graphConstant(`${this.#constantKey}/matrix`, () => toTensor(map().matrix));
    const constant = graphConstant(`${this.#constantKey}/constant`, () => tf.tensor1d(map().constant));
    const points = tf.add(tf.matMul(inputs, matrix), constant);
    return tf.reshape(points, [inputs.shape[0] as number, ...this.outputShape, this.sourceShape.length]);
  }

  /**
   * For each coordinate what its free entries are multiplied by, [number of free entries, number of points], or null; then
   * for each coordinate what its fixed entries add, [number of points], or null; then for each coordinate the number that
   * moves the grid to the centre of the source.
   */
  protected override createFeatures({ constraints }: { readonly constraints: AffineWarpConstraints }): GridFeature[] {
    const rows = affineRows(this.sourceShape, this.outputShape, constraints);
    return [
      ...rows.map(({ free }) => (free.length > 0 ? tf.stack(free.map((values) => tf.tensor1d(values))) : null)),
      ...rows.map(({ fixed }) => (fixed === null ? null : tf.tensor1d(fixed))),
      ...rows.map(({ offset }) => offset),
    ];
  }

  /** Which entries of the matrix are fixed. */
  get constraints(): AffineWarpConstraints {
    return this.#constraints;
  }

  /**
   * A module that transforms a grid of the source domain by the inverse transformation: what it gives are points in the
   * output domain. It takes the same parameters as this one. A matrix without an inverse gives values that are not finite.
   *
   * @param options `name`: default this module's name with `_inverse` at its end.
   * @throws NotImplementedError when the domains are not planes.
   * @throws SonnetError when the output domain has fewer dimensions than the source domain.
   */
  inverse(options: { readonly name?: string | null } = {}): Module<[inputs: tf.Tensor], tf.Tensor> {
    const { sourceShape, outputShape } = this;
    if (sourceShape.length !== 2) {
      throw new NotImplementedError(
        `${String(this)}: the inverse is there in 2 dimensions only; this warper has ${sourceShape.length} ` +
          `(sourceShape [${sourceShape.join(', ')}]). Invert the matrices and warp with a second AffineGridWarper.`,
      );
    }
    checkDimensions(outputShape, sourceShape, `${String(this)}: the inverse swaps the domains`);
    const constraints = this.#constraints;
    const build = (inputs: tf.Tensor): tf.Tensor => {
      checkParameters(inputs, constraints.numFreeParams, String(module));
      const inverted = invertPlaneTransformation(completeMatrix(inputs, constraints));
      return new AffineGridWarper(outputShape, sourceShape)(inverted);
    };
    const name = options.name ?? `${this.moduleName}_inverse`;
    const module = new Module(Object.assign(build, { buildParameters: AffineGridWarper.buildParameters }), { name });
    return module;
  }
}

function checkConstraints(constraints: AffineWarpConstraints, numDim: number): void {
  if (constraints.numFreeParams === 0) {
    throw new SonnetError(
      'AffineGridWarper: the transformation is fully constrained: there is nothing left for the inputs to say. Leave at ' +
        'least one entry of the constraints null.',
    );
  }
  if (constraints.numDim === numDim) return;
  throw new SonnetError(
    `AffineGridWarper: the constraints are incompatible with the domain: they are those of ${constraints.numDim} ` +
      `dimensions, but sourceShape has ${numDim}.`,
  );
}

function checkParameters(inputs: unknown, expected: number, where: string): void {
  if (!(inputs instanceof tf.Tensor)) {
    throw new TypeError(`${where}: inputs must be a tensor [batchSize, ${expected}]; got ${String(inputs)}.`);
  }
  const { shape, rank, dtype } = inputs;
  if (rank !== 2) {
    throw new IncompatibleShapeError(
      `${where}: inputs must have two dimensions, [batchSize, ${expected}]; got ${rank} ([${shape.join(', ')}]).`,
    );
  }
  if (shape[1] !== expected) {
    throw new SonnetError(
      `${where}: the size of inputs is not consistent with the constraints: ${expected} parameters expected, ${shape[1]} ` +
        `provided (inputs [${shape.join(', ')}]).`,
    );
  }
  if (dtype !== 'float32') throw new ValueError(`${where}: inputs must be float32; got ${dtype}.`);
}

function numPointsOf(outputShape: readonly number[]): number {
  return outputShape.reduce((product, size) => product * size, 1);
}

function toTensor({ rows, columns, values }: Matrix): tf.Tensor {
  return tf.tensor2d(values, [rows, columns]);
}
