import { ValueError, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampler } from './resampler.ts';

interface Images {
  readonly shape: readonly [number, number, number, number];
  readonly values: readonly number[];
}

/** What a resampler gives and its gradients, point by point, from the definition. */
function reference({ shape, values }: Images, points: readonly (readonly [number, number])[], dy: readonly number[]) {
  const [batchSize, height, width, channels] = shape;
  const output: number[] = [];
  const dData = values.map(() => 0);
  const dWarp: number[] = [];
  points.forEach(([x, y], p) => {
    const image = Math.floor((p * batchSize) / points.length);
    const isNear = x > -1 && y > -1 && x < width && y < height;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    let [dx, dY] = [0, 0];
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (const [i, j] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        const [column, row] = [left + i, top + j];
        if (!isNear || column < 0 || row < 0 || column >= width || row >= height) continue;
        const index = ((image * height + row) * width + column) * channels + channel;
        const [value, cotangent] = [values[index] ?? 0, dy[p * channels + channel] ?? 0];
        const [wx, wy] = [i === 0 ? 1 - (x - left) : x - left, j === 0 ? 1 - (y - top) : y - top];
        sum += wx * wy * value;
        dData[index] = (dData[index] ?? 0) + wx * wy * cotangent;
        dx += (i === 0 ? -1 : 1) * wy * value * cotangent;
        dY += (j === 0 ? -1 : 1) * wx * value * cotangent;
      }
      output.push(sum);
    }
    dWarp.push(dx, dY);
  });
  return { output, dData, dWarp };
}

function expectClose(got: tf.Tensor, expected: readonly number[]): void {
  const values = [...got.dataSync()];
  expect(values.length).toBe(expected.length);
  const worst = Math.max(0, ...values.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
  expect(worst).toBeLessThan(1e-4);
}

/** What a resampler gives, and the gradients of the sum of its products with `dy` by its arguments. */
function resampleWithGradients(data: tf.Tensor, warp: tf.Tensor, dy: readonly number[]) {
  const [images, points] = [tf.variable(data, true, 'images'), tf.variable(warp, true, 'points')];
  const outputs: tf.Tensor[] = [];
  const { value, grads } = valueAndGrads(
    () => {
      const output = tf.keep(resampler(images, points));
      outputs.push(output);
      return tf.sum(tf.mul(output, tf.tensor([...dy], output.shape)));
    },
    { variables: [images, points] },
  );
  tf.dispose([images, points, value]);
  return { output: outputs[0] as tf.Tensor, dData: grads.images as tf.Tensor, dWarp: grads.points as tf.Tensor };
}

const coordinate = fc.oneof(
  fc.integer({ min: -3, max: 8 }),
  fc.integer({ min: -300, max: 800 }).map((n) => Math.fround(n / 100)),
);

const samples = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .chain(([batchSize, height, width, channels]) =>
    fc.record({
      shape: fc.constant([batchSize, height, width, channels] as const),
      values: fc.array(fc.integer({ min: -20, max: 20 }), {
        minLength: batchSize * height * width * channels,
        maxLength: batchSize * height * width * channels,
      }),
      points: fc
        .integer({ min: 1, max: 6 })
        .chain((n) =>
          fc.array(fc.tuple(coordinate, coordinate), { minLength: n * batchSize, maxLength: n * batchSize }),
        ),
    }),
  );

describe('resampler', () => {
  it('gives values and gradients as they are defined', () => {
    fc.assert(
      fc.property(samples, ({ shape, values, points }) =>
        tf.tidy(() => {
          const dy = points.flatMap((_, p) => Array.from({ length: shape[3] }, (_, c) => ((p * 7 + c * 3) % 5) - 2));
          const expected = reference({ shape, values }, points, dy);
          const data = tf.tensor4d([...values], [...shape]);
          const warp = tf.tensor3d(points.flat(), [shape[0], points.length / shape[0], 2]);
          const { output, dData, dWarp } = resampleWithGradients(data, warp, dy);
          expect(output.shape).toEqual([shape[0], points.length / shape[0], shape[3]]);
          expectClose(output, expected.output);
          expectClose(dData, expected.dData);
          expectClose(dWarp, expected.dWarp);
          output.dispose();
        }),
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('gives the images themselves at their pixels', () => {
    const image = tf.reshape(tf.range(0, 24), [2, 3, 2, 2]);
    const pixels = [0, 1, 2].map((y) => [0, 1].map((x) => [x, y]));
    expect(resampler(image, tf.tensor4d([pixels, pixels])).dataSync()).toEqual(image.dataSync());
  });

  it('keeps the dimensions between batch and coordinates', () => {
    const image = tf.ones([2, 3, 3, 4]);
    const shapes = [
      [2, 2],
      [2, 5, 2],
      [2, 3, 4, 2],
      [2, 1, 2, 3, 2],
    ].map((shape) => resampler(image, tf.zeros(shape)).shape);
    expect(shapes).toEqual([
      [2, 4],
      [2, 5, 4],
      [2, 3, 4, 4],
      [2, 1, 2, 3, 4],
    ]);
  });

  it('is zero without a gradient at points that are far outside or not finite, whatever the images hold', () => {
    const image = tf.fill([1, 2, 2, 1], Number.POSITIVE_INFINITY);
    const far = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 2, 1e30, -3e9];
    const points = tf.tensor3d([
      far.flatMap((value) => [
        [value, 0.5],
        [0.5, value],
      ]),
    ]);
    expect([...resampler(image, points).dataSync()]).toEqual(points.arraySync()[0]?.map(() => 0));
    const { dWarp } = resampleWithGradients(image, points, Array(14).fill(1));
    expect([...dWarp.dataSync()].every((value) => value === 0)).toBe(true);
  });

  it('has nothing to do without points or channels', () => {
    expect(resampler(tf.ones([2, 3, 3, 1]), tf.zeros([2, 0, 2])).shape).toEqual([2, 0, 1]);
    expect(resampler(tf.ones([2, 3, 3, 0]), tf.zeros([2, 4, 2])).shape).toEqual([2, 4, 0]);
  });

  it('leaves nothing behind', () => {
    const [image, points] = [tf.ones([1, 3, 3, 2]), tf.ones([1, 4, 2])];
    expectNoLeak(() => resampler(image, points)).dispose();
    tf.dispose(expectNoLeak(() => resampleWithGradients(image, points, Array(8).fill(1))));
  });

  it('refuses arguments that do not fit', () => {
    const [image, points] = [tf.ones([2, 3, 3, 1]), tf.ones([2, 4, 2])];
    const refuses = (data: unknown, warp: unknown, message: string): void => {
      const call = () => resampler(data as tf.Tensor, warp as tf.Tensor);
      expect(call).toThrow(ValueError);
      expect(call).toThrow(message);
    };
    refuses(tf.ones([3, 3, 1]), points, 'data must be images, [batchSize, height, width, channels]; got [3, 3, 1]');
    refuses(image, tf.ones([2, 4, 3]), 'warp must be points of two coordinates, [batchSize, ..., 2]; got [2, 4, 3]');
    refuses(image, tf.ones([2]), 'got [2]');
    refuses(image, tf.ones([3, 4, 2]), 'the same batch size; got 2 (data [2, 3, 3, 1]) and 3 (warp [3, 4, 2])');
    refuses(tf.ones([2, 3, 3, 1], 'int32'), points, 'data must be float32; got int32');
    refuses(image, tf.ones([2, 4, 2], 'bool'), 'warp must be float32; got bool');
    expect(() => resampler(image, [[0, 0]] as unknown as tf.Tensor)).toThrow(TypeError);
  });
});
