import { AbstractModule, type BuildParameters, type ModuleOptions, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link BlockTriangularMatrix}. */
export interface BlockTriangularMatrixOptions extends Pick<ModuleOptions, 'name'> {
  /** Whether the blocks on the diagonal come from the input; they are zero otherwise. Default: true. */
  readonly includeDiagonal?: boolean;
  /** Whether the blocks on one side of the diagonal do; without them `upper` does not matter. Default: true. */
  readonly includeOffDiagonal?: boolean;
  /** Whether the matrix is upper triangular instead of lower. Default: false. */
  readonly upper?: boolean;
}

/**
 * Makes block triangular matrices from vectors, which are filled in row of blocks by row of blocks.
 *
 * The vector [1, 2, …, 24] gives with blocks [2, 2] and 3 rows of blocks:
 *
 * ```text
 *  1  2  0  0  0  0
 *  3  4  0  0  0  0
 *  5  6  7  8  0  0
 *  9 10 11 12  0  0
 * 13 14 15 16 17 18
 * 19 20 21 22 23 24
 * ```
 *
 * Sonnet: `snt.python.modules.block_matrix.BlockTriangularMatrix`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BlockTriangularMatrix } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const matrix = new BlockTriangularMatrix([1, 1], 2);
 * assert.equal(matrix.inputSize, 3);
 * assert.deepEqual(matrix(tf.tensor2d([[1, 2, 3]])).arraySync(), [[[1, 0], [2, 3]]]);
 * ```
 */
export class BlockTriangularMatrix extends AbstractModule<[vector: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'block_triangular_matrix';
  static override readonly buildParameters: BuildParameters = { vector: required };

  readonly #blockShape: readonly [number, number];
  readonly #blockRows: number;
  readonly #includeDiagonal: boolean;
  readonly #includeOffDiagonal: boolean;
  readonly #upper: boolean;

  /**
   * @param blockShape The height and width of a block.
   * @param blockRows The number of blocks in a row, and in a column.
   * @param options See {@link BlockTriangularMatrixOptions}.
   * @throws ValueError when a size is not a positive integer, or neither the diagonal nor the blocks beside it are
   *   included.
   */
  constructor(
    blockShape: readonly [height: number, width: number],
    blockRows: number,
    options: BlockTriangularMatrixOptions = {},
  ) {
    const { includeDiagonal = true, includeOffDiagonal = true, upper = false } = options;
    if (!includeDiagonal && !includeOffDiagonal) {
      throw new ValueError(
        'BlockTriangularMatrix: includeDiagonal and includeOffDiagonal cannot both be false: nothing would be left.',
      );
    }
    if (!Array.isArray(blockShape) || blockShape.length !== 2 || ![...blockShape, blockRows].every(isSize)) {
      throw new ValueError(
        'BlockTriangularMatrix: blockShape must be two positive integers and blockRows one; got ' +
          `[${String(blockShape)}] and ${String(blockRows)}.`,
      );
    }
    super({ name: options.name ?? BlockTriangularMatrix.moduleName });
    this.#blockShape = [blockShape[0], blockShape[1]];
    this.#blockRows = blockRows;
    this.#includeDiagonal = includeDiagonal;
    this.#includeOffDiagonal = includeOffDiagonal;
    this.#upper = upper;
  }

  /**
   * @param vector [batchSize, inputSize].
   * @returns [batchSize, ...outputShape].
   * @throws ValueError when the vectors have another shape.
   */
  protected override build(vector: tf.Tensor): tf.Tensor {
    const { inputSize } = this;
    if (vector.rank !== 2 || vector.shape[1] !== inputSize) {
      throw new ValueError(
        `${String(this)}: the vectors must have the shape [batch, ${inputSize}]; got [${vector.shape.join(', ')}].`,
      );
    }
    let start = 0;
    const rows = Array.from({ length: this.#blockRows }, (_, row) => {
      const size = this.#contentBlocks(row) * this.blockSize;
      const blocks = this.#blockRow(vector, row, start, size);
      start += size;
      return blocks;
    });
    return rows.length === 1 ? (rows[0] as tf.Tensor) : tf.concat(rows, 1);
  }

  /** The number of blocks that come from the input. */
  get numBlocks(): number {
    let count = 0;
    for (let row = 0; row < this.#blockRows; row++) count += this.#contentBlocks(row);
    return count;
  }

  /** The number of elements of a block. */
  get blockSize(): number {
    return this.#blockShape[0] * this.#blockShape[1];
  }

  /** The height and width of a block. */
  get blockShape(): readonly [height: number, width: number] {
    return this.#blockShape;
  }

  /** The height and width of a matrix. */
  get outputShape(): [height: number, width: number] {
    return [this.#blockShape[0] * this.#blockRows, this.#blockShape[1] * this.#blockRows];
  }

  /** The length of a vector: as many elements as all blocks that come from it have. */
  get inputSize(): number {
    return this.blockSize * this.numBlocks;
  }

  /** One row of blocks: zeros, blocks from the vectors, zeros. */
  #blockRow(vector: tf.Tensor, row: number, start: number, size: number): tf.Tensor {
    const batchSize = vector.shape[0] as number;
    const [height, width] = this.#blockShape;
    if (size === 0) return tf.zeros([batchSize, height, width * this.#blockRows], vector.dtype);
    const content = tf.reshape(tf.slice(vector, [0, start], [batchSize, size]), [batchSize, height, size / height]);
    return tf.pad(content, [
      [0, 0],
      [0, 0],
      [this.#blocksBefore(row) * width, this.#blocksAfter(row) * width],
    ]);
  }

  /** How many blocks of zeros stand to the left. */
  #blocksBefore(row: number): number {
    if (!this.#includeOffDiagonal) return row;
    if (!this.#upper) return 0;
    return this.#includeDiagonal ? row : row + 1;
  }

  /** How many blocks of zeros stand to the right. */
  #blocksAfter(row: number): number {
    if (!this.#includeOffDiagonal) return this.#blockRows - row - 1;
    if (this.#upper) return 0;
    return this.#includeDiagonal ? this.#blockRows - row - 1 : this.#blockRows - row;
  }

  #contentBlocks(row: number): number {
    return this.#blockRows - this.#blocksBefore(row) - this.#blocksAfter(row);
  }
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
