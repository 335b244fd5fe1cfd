import { resetDefaultGraph, ValueError, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BlockDiagonalMatrix } from './block-diagonal-matrix.ts';
import { BlockTriangularMatrix, type BlockTriangularMatrixOptions } from './block-triangular-matrix.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** The matrix of blocks [1, 1] that the vector 1, 2, 3, … gives. */
function matrixOf(rows: number, options: BlockTriangularMatrixOptions): number[][] {
  const module = new BlockTriangularMatrix([1, 1], rows, options);
  const vector = tf.reshape(tf.range(1, module.inputSize + 1), [1, module.inputSize]);
  return (module(vector) as tf.Tensor3D).arraySync()[0] as number[][];
}

describe('BlockTriangularMatrix', () => {
  it.each([
    [{}, '1,0,0,2,3,0,4,5,6'],
    [{ upper: true }, '1,2,3,0,4,5,0,0,6'],
    [{ includeDiagonal: false }, '0,0,0,1,0,0,2,3,0'],
    [{ includeDiagonal: false, upper: true }, '0,1,2,0,0,3,0,0,0'],
    [{ includeOffDiagonal: false }, '1,0,0,0,2,0,0,0,3'],
    [{ includeOffDiagonal: false, upper: true }, '1,0,0,0,2,0,0,0,3'],
  ])('with %j is %s', (options, expected) => {
    expect(matrixOf(3, options).join()).toBe(expected);
  });

  it('fills in blocks row by row', () => {
    const module = new BlockTriangularMatrix([2, 3], 2);
    const matrix = module(tf.reshape(tf.range(1, 19), [1, 18])) as tf.Tensor3D;
    expect(matrix.arraySync()[0]).toEqual([
      [1, 2, 3, 0, 0, 0],
      [4, 5, 6, 0, 0, 0],
      [7, 8, 9, 10, 11, 12],
      [13, 14, 15, 16, 17, 18],
    ]);
    const { numBlocks, blockSize, blockShape, outputShape, inputSize } = module;
    expect({ numBlocks, blockSize, blockShape, outputShape, inputSize }).toEqual({
      numBlocks: 3,
      blockSize: 6,
      blockShape: [2, 3],
      outputShape: [4, 6],
      inputSize: 18,
    });
  });

  it('takes a matrix of one block', () => {
    expect(matrixOf(1, {})).toEqual([[1]]);
    expect(matrixOf(1, { upper: true })).toEqual([[1]]);
  });

  it('has gradients, and leaks nothing', () => {
    const module = new BlockTriangularMatrix([1, 2], 2);
    const vector = tf.variable(tf.tensor2d([[1, 2, 3, 4, 5, 6]]));
    const { grads } = valueAndGrads(() => tf.sum(tf.square(module(vector))), { variables: [vector] });
    expect([...(Object.values(grads)[0]?.dataSync() ?? [])]).toEqual([2, 4, 6, 8, 10, 12]);
    for (let i = 0; i < 100; i++) expectNoLeak(() => module(vector)).dispose();
    vector.dispose();
  });

  it('refuses vectors of another size, and sizes that are none', () => {
    const module = new BlockTriangularMatrix([2, 3], 3);
    expect(() => module(tf.zeros([2, 35]))).toThrow(
      'BlockTriangularMatrix "block_triangular_matrix": the vectors must have the shape [batch, 36]; got [2, 35].',
    );
    expect(() => module(tf.zeros([36]))).toThrow(ValueError);
    const none = { includeDiagonal: false, includeOffDiagonal: false };
    expect(() => new BlockTriangularMatrix([2, 3], 3, none)).toThrow(/includeDiagonal and includeOffDiagonal/);
    expect(() => new BlockTriangularMatrix([2] as never, 3)).toThrow(ValueError);
    expect(() => new BlockTriangularMatrix([2, 0], 3)).toThrow(ValueError);
    expect(() => new BlockTriangularMatrix([2, 2], 1.5)).toThrow(ValueError);
  });
});

describe('BlockDiagonalMatrix', () => {
  it('fills in blocks on the diagonal', () => {
    const module = new BlockDiagonalMatrix([1, 2], 3, { name: 'diagonal' });
    const matrix = module(tf.tensor2d([[1, 2, 3, 4, 5, 6]])) as tf.Tensor3D;
    expect(matrix.arraySync()).toEqual([
      [
        [1, 2, 0, 0, 0, 0],
        [0, 0, 3, 4, 0, 0],
        [0, 0, 0, 0, 5, 6],
      ],
    ]);
    expect([module.numBlocks, module.moduleName]).toEqual([3, 'diagonal']);
    expect(new BlockDiagonalMatrix([1, 2], 3).moduleName).toBe('block_diagonal_matrix');
  });
});
