import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

type DType = 'float32' | 'int32' | 'bool';

/** A tensor whose elements are their own positions, or of truth values every third. */
function counting(shape: number[], dtype: DType = 'float32'): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (dtype === 'bool' ? (i % 3 === 0 ? 1 : 0) : i)),
    shape,
    dtype,
  );
}

/** The element of a dense tensor at a position; 0 beside it. */
function at(x: tf.Tensor, position: readonly number[]): number {
  if (position.some((index, axis) => index < 0 || index >= (x.shape[axis] ?? 0))) return 0;
  return x.dataSync()[position.reduce((offset, index, axis) => offset * (x.shape[axis] ?? 0) + index, 0)] ?? Number.NaN;
}

function positionsOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((position) => Array.from({ length }, (_, i) => [...position, i])),
    [[]],
  );
}

/** Checks a result's shape, dtype and elements, each against that of x at a place, and that nothing else is left. */
function expectMoved(
  x: tf.Tensor,
  run: (x: tf.Tensor) => tf.Tensor,
  shape: number[],
  place: (position: number[]) => number[],
): void {
  const { numTensors, numDataBuffers } = tf.memory();
  const result = run(x);
  expect(result).toMatchObject({ shape, dtype: x.dtype });
  expect([...result.dataSync()]).toEqual(positionsOf(shape).map((position) => at(x, place(position))));
  result.dispose();
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  x.dispose();
}

const dtypes: readonly DType[] = ['float32', 'int32', 'bool'];

describe('depthToSpace', () => {
  it('makes channels blocks of pixels', () => {
    for (const block of [2, 3]) {
      for (const [height, width, channels] of [
        [1, 1, 1],
        [2, 3, 1],
        [3, 2, 4],
        [2, 5, 7],
      ] as const) {
        const depth = block * block * channels;
        const channel = (row: number, column: number, c: number): number =>
          ((row % block) * block + (column % block)) * channels + c;
        expectMoved(
          counting([2, height, width, depth]),
          (x) => tf.depthToSpace(x as tf.Tensor4D, block),
          [2, height * block, width * block, channels],
          ([n = 0, row = 0, column = 0, c = 0]) => [
            n,
            Math.floor(row / block),
            Math.floor(column / block),
            channel(row, column, c),
          ],
        );
        expectMoved(
          counting([2, depth, height, width]),
          (x) => tf.depthToSpace(x as tf.Tensor4D, block, 'NCHW'),
          [2, channels, height * block, width * block],
          ([n = 0, c = 0, row = 0, column = 0]) => [
            n,
            channel(row, column, c),
            Math.floor(row / block),
            Math.floor(column / block),
          ],
        );
      }
    }
  });

  it('of no images gives no images', () => {
    expect(tf.depthToSpace(tf.zeros([0, 2, 3, 4]), 2).shape).toEqual([0, 4, 6, 1]);
  });
});

describe('spaceToBatchND and batchToSpaceND', () => {
  const sizes = [
    { block: [2, 3], batch: 2, grid: [2, 2], rest: [4] },
    { block: [2, 2], batch: 1, grid: [3, 1], rest: [1] },
    { block: [3], batch: 2, grid: [2], rest: [2, 3] },
    { block: [1, 2, 2], batch: 1, grid: [2, 1, 3], rest: [] },
  ] as const;

  /** Where an element of the batches was: of blocks in their order, each with all images. */
  const inSpace = (position: readonly number[], block: readonly number[], batch: number): number[] => {
    const [which = 0, ...others] = position;
    let offset = Math.floor(which / batch);
    const inBlock = block.map(() => 0);
    for (let k = block.length - 1; k >= 0; k--) {
      inBlock[k] = offset % (block[k] ?? 1);
      offset = Math.floor(offset / (block[k] ?? 1));
    }
    return [which % batch, ...others.map((index, k) => index * (block[k] ?? 1) + (inBlock[k] ?? 0))];
  };

  it.each(dtypes)('move positions of %s to the batch and back', (dtype) => {
    for (const { block, batch, grid, rest } of sizes) {
      const all = block.reduce<number>((product, length) => product * length, 1);
      const space = [batch, ...grid.map((length, k) => length * (block[k] ?? 1)), ...rest];
      const none = block.map(() => [0, 0]);
      const moved = [batch * all, ...grid, ...rest];
      const there = (x: tf.Tensor): tf.Tensor => tf.spaceToBatchND(x, [...block], none);
      expectMoved(counting(space, dtype), there, moved, (position) => inSpace(position, block, batch));
      const back = (x: tf.Tensor): tf.Tensor => tf.tidy(() => tf.batchToSpaceND(there(x), [...block], none));
      expectMoved(counting(space, dtype), back, space, (position) => position);
    }
  });

  it('pad with zeros and crop', () => {
    const [block, paddings] = [
      [2, 3],
      [
        [1, 2],
        [0, 2],
      ],
    ];
    expectMoved(
      counting([2, 5, 4, 3]),
      (x) => tf.spaceToBatchND(x, block as number[], paddings as number[][]),
      [12, 4, 2, 3],
      (position) => inSpace(position, block as number[], 2).map((index, axis) => (axis === 1 ? index - 1 : index)),
    );
    expectMoved(
      counting([2, 5, 4, 3], 'int32'),
      (x) =>
        tf.tidy(() => {
          const batches = tf.spaceToBatchND(x, block as number[], paddings as number[][]);
          return tf.batchToSpaceND(batches, block as number[], paddings as number[][]);
        }),
      [2, 5, 4, 3],
      (position) => position,
    );
  });
});
