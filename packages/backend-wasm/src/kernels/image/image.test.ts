import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

function values(evaluate: () => tf.Tensor): number[] {
  return tf.tidy(() => [...evaluate().dataSync()]);
}

/** A picture of one row. */
function row(...pixels: number[]): tf.Tensor4D {
  return tf.tensor4d(pixels, [1, 1, pixels.length, 1]);
}

const moved = (by: number): tf.Tensor2D => tf.tensor2d([[1, 0, by, 0, 1, 0, 0, 0]]);

describe('transform', () => {
  it.each([
    ['constant', [9, 9, 9, 1, 2, 3, 9, 9, 9]],
    ['nearest', [1, 1, 1, 1, 2, 3, 3, 3, 3]],
    ['reflect', [3, 2, 1, 1, 2, 3, 3, 2, 1]],
    // TensorFlow counts the periods by the distance between the first pixel and the last.
    ['wrap', [3, 3, 3, 1, 2, 3, 1, 1, 1]],
  ] as const)('continues images beyond their edges: %s', (mode, expected) => {
    const continued = (): tf.Tensor => tf.image.transform(row(1, 2, 3), moved(-3), 'nearest', mode, 9, [1, 9]);
    expect(values(continued)).toEqual(expected);
  });

  it('blends the four pixels around a place, the fill value among them', () => {
    const between = (by: number, fill: number): number[] =>
      values(() => tf.image.transform(row(1, 2, 5), moved(by), 'bilinear', 'constant', fill, [1, 3]));
    expect(between(0.25, 9)).toEqual([1.25, 2.75, 6]);
    expect(between(-0.5, -1)).toEqual([0, 1.5, 3.5]);
  });

  it('takes the pixel farther from zero where two are equally near', () => {
    expect(values(() => tf.image.transform(row(1, 2, 3), moved(0.5), 'nearest', 'constant', 9))).toEqual([2, 3, 9]);
    expect(values(() => tf.image.transform(row(1, 2, 3), moved(-0.5), 'nearest', 'constant', 9))).toEqual([9, 2, 3]);
  });

  it('fills what a map sends to infinity', () => {
    const map = tf.tensor2d([[1, 0, 1, 0, 1, 0, -1, 0]]);
    for (const mode of ['constant', 'reflect', 'wrap', 'nearest'] as const) {
      for (const interpolation of ['nearest', 'bilinear'] as const) {
        expect(values(() => tf.image.transform(row(1, 2), map, interpolation, mode, 7))[1]).toBe(7);
      }
    }
  });

  it.each(['constant', 'reflect', 'wrap', 'nearest'] as const)(
    'stays in the image with any coefficients: %s',
    (mode) => {
      const lengths = fc.tuple(fc.nat(2), fc.nat(4), fc.nat(4), fc.nat(5));
      const coefficients = fc.array(fc.float(), { minLength: 8, maxLength: 8 });
      fc.assert(
        fc.property(lengths, coefficients, fc.boolean(), (shape, map, isNearest) => {
          const interpolation = isNearest ? 'nearest' : 'bilinear';
          const picture = (): tf.Tensor =>
            tf.image.transform(tf.ones<tf.Rank.R4>(shape), [map], interpolation, mode, 1, [3, 2]);
          const all = values(picture);
          expect(all).toHaveLength(shape[0] * 6 * shape[3]);
          // Blends of ones, whose weights are rounded.
          for (const value of all) expect(value).toBeCloseTo(1, 5);
        }),
      );
    },
  );

  it('refuses other dtypes', () => {
    const integers = tf.tensor4d([1], [1, 1, 1, 1], 'int32');
    const run = (): unknown => tf.engine().runKernel('Transform', { image: integers, transforms: moved(0) }, {});
    expect(run).toThrow('Error in Transform: only float32 input is supported. Got int32.');
  });
});

describe('crops', () => {
  const picture = (): tf.Tensor4D =>
    tf.tensor4d(
      Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 2, 2],
    );
  const crop = (
    boxes: number[][],
    owners: number[],
    size: [number, number],
    method: 'bilinear' | 'nearest' = 'bilinear',
    beyond = 0,
  ): number[] =>
    values(() =>
      tf.image.cropAndResize(
        picture(),
        tf.tensor2d(boxes, [boxes.length, 4]),
        tf.tensor1d(owners, 'int32'),
        size,
        method,
        beyond,
      ),
    );

  it('of whole images are the images', () => {
    const [, second] = [0, 1].map((image) => Array.from({ length: 12 }, (_, i) => 12 * image + i));
    for (const method of ['bilinear', 'nearest'] as const) {
      expect(crop([[0, 0, 1, 1]], [1], [3, 2], method)).toEqual(second);
    }
  });

  it('read between pixels, backwards, and in the middle where they have one row', () => {
    expect(crop([[0.25, 0, 0.75, 1]], [0], [2, 2])).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(crop([[1, 1, 0, 0]], [0], [3, 1], 'bilinear')).toEqual([9, 10, 5, 6, 1, 2]);
    expect(crop([[0, 0, 1, 0]], [1], [1, 1])).toEqual([16, 17]);
  });

  it('take the value for what is beyond the image, also in moved crops of its own size', () => {
    expect(crop([[0, 0.5, 1, 1.5]], [0], [3, 2], 'nearest', -1)).toEqual([2, 3, -1, -1, 6, 7, -1, -1, 10, 11, -1, -1]);
    expect(crop([[-1, 0, 0, 1]], [0], [2, 2], 'bilinear', 8)).toEqual([8, 8, 8, 8, 0, 1, 2, 3]);
    expect(crop([[Number.NaN, 0, 1, 1]], [0], [1, 1], 'nearest', 8)).toEqual([8, 8]);
  });

  it('of integers are floats', () => {
    const floats = tf.tidy(() =>
      tf.image.cropAndResize(tf.cast(picture(), 'int32') as tf.Tensor4D, [[0, 0, 0.25, 0]], [0], [2, 1]),
    );
    expect([floats.dtype, ...floats.dataSync()]).toEqual(['float32', 0, 1, 2, 3]);
    floats.dispose();
  });

  it('may be none', () => {
    expect(crop([], [], [2, 2])).toEqual([]);
  });

  it.each([2, -1])('of an image that there is not are refused: %d', (owner) => {
    tf.engine().startScope();
    const { numDataBuffers } = tf.memory();
    const boxes = [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ];
    expect(() => crop(boxes, [0, owner], [2, 2])).toThrow(
      `CropAndResize: box 1 is of image ${owner}, which is not in [0, 1].`,
    );
    tf.engine().endScope();
    expect(tf.memory().numDataBuffers).toBeLessThanOrEqual(numDataBuffers);
  });

  it('stay in the image with any boxes', () => {
    const box = fc.array(fc.float(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(box, fc.boolean(), fc.nat(5), (edges, isNearest, channels) => {
        const all = values(() =>
          tf.image.cropAndResize(
            tf.ones([1, 3, 4, channels]),
            [edges],
            [0],
            [3, 2],
            isNearest ? 'nearest' : 'bilinear',
            1,
          ),
        );
        expect(all).toEqual(Array.from({ length: 6 * channels }, () => 1));
      }),
    );
  });
});
