import type { ModuleOptions } from '@sonnetjs/core';
import { BlockTriangularMatrix } from './block-triangular-matrix.ts';

/**
 * Makes block diagonal matrices from vectors, which are filled in block by block.
 *
 * The vector [1, 2, …, 12] gives with blocks [2, 2] and 3 rows of blocks:
 *
 * ```text
 * 1  2  0  0  0  0
 * 3  4  0  0  0  0
 * 0  0  5  6  0  0
 * 0  0  7  8  0  0
 * 0  0  0  0  9 10
 * 0  0  0  0 11 12
 * ```
 *
 * Sonnet: `snt.python.modules.block_matrix.BlockDiagonalMatrix`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BlockDiagonalMatrix } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const matrix = new BlockDiagonalMatrix([1, 2], 2);
 * assert.deepEqual(matrix(tf.tensor2d([[1, 2, 3, 4]])).arraySync(), [[[1, 2, 0, 0], [0, 0, 3, 4]]]);
 * ```
 */
export class BlockDiagonalMatrix extends BlockTriangularMatrix {
  static override readonly moduleName: string = 'block_diagonal_matrix';

  /**
   * @param blockShape The height and width of a block.
   * @param blockRows The number of blocks on the diagonal.
   * @param options `name`.
   * @throws ValueError when a size is not a positive integer.
   */
  constructor(
    blockShape: readonly [height: number, width: number],
    blockRows: number,
    options: Pick<ModuleOptions, 'name'> = {},
  ) {
    super(blockShape, blockRows, {
      includeOffDiagonal: false,
      name: options.name ?? BlockDiagonalMatrix.moduleName,
    });
  }
}
