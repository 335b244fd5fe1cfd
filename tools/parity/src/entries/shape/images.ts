import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { type Expected, elementwiseTolerance } from '../../expected.ts';
import type { NdArray } from '../../nd-array.ts';
import { continued, type FillMode, readAt } from '../../references/images.ts';
import { type Blend, positionError } from '../../references/resizing.ts';
import { type LinearTerms, linear } from '../../references/terms.ts';
import { capped, seed, size } from '../../sizes.ts';

type Size4D = [number, number, number, number];

/** For a pixel of a result, the image it is read from and the position there; undefined where it is not read at all. */
type Position = (result: number, row: number, column: number) => { image: number; y: number; x: number } | undefined;

/** Pictures read pixel by pixel from others. */
interface Reading {
  readonly image: Size4D;
  readonly results: number;
  readonly size: readonly [number, number];
  readonly nearest: boolean;
  readonly fillValue: number;
  readonly position: Position;
}

function forEachPixel(
  { results, size: [rows, columns] }: Reading,
  visit: (r: number, y: number, x: number) => void,
): void {
  for (let result = 0; result < results; result++) {
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) visit(result, row, column);
  }
}

function termsOf(reading: Reading): LinearTerms {
  const [, height, width, channels] = reading.image;
  return (emit) => {
    let out = 0;
    forEachPixel(reading, (result, row, column) => {
      const from = reading.position(result, row, column);
      const ys: Blend = from === undefined ? [] : readAt(from.y, height, reading.nearest);
      const xs: Blend = from === undefined ? [] : readAt(from.x, width, reading.nearest);
      for (let channel = 0; channel < channels; channel++, out++) {
        for (const [y, yWeight] of ys) {
          for (const [x, xWeight] of xs) {
            const at = (((from?.image ?? 0) * height + y) * width + x) * channels + channel;
            emit(out, at, yWeight * xWeight);
          }
        }
      }
    });
  };
}

/** What the positions' own rounding in float32 does: values are at most 2 and the fill value apart from zero. */
function inexactness({ image: [, height, width], nearest, fillValue }: Reading): number {
  return nearest ? 0 : positionError([height, width], 4 + Math.abs(fillValue));
}

function read(reading: Reading, image: NdArray): Expected {
  const [rows, columns] = reading.size;
  const shape = [reading.results, rows, columns, reading.image[3]];
  const result = linear(shape, termsOf(reading), image);
  const weights = new Float64Array(result.data.length);
  termsOf(reading)((out, _, weight) => {
    (weights[out] as number) += weight;
  });
  const data = result.data.map((value, i) => value + reading.fillValue * (1 - (weights[i] as number)));
  const tolerance = data.map((value) => elementwiseTolerance(value) + inexactness(reading));
  return { ...result, data, tolerance };
}

function readBack(reading: Reading, image: NdArray, dy: NdArray): Expected {
  const terms = termsOf(reading);
  const gradient = linear(image.shape, (emit) => terms((out, at, weight) => emit(at, out, weight)), dy);
  const touching = new Float64Array(image.data.length);
  terms((out, at) => {
    (touching[at] as number) += Math.abs(dy.data[out] as number);
  });
  const tolerance = gradient.data.map(
    (value, i) => elementwiseTolerance(value) + inexactness(reading) * (touching[i] as number),
  );
  return { ...gradient, tolerance };
}

const image = fc
  .tuple(fc.constantFrom(1, 2, 3), size(17), size(17), fc.constantFrom(1, 2, 3, 4, 5, 8))
  .map((sizes) => capped(sizes, 700) as Size4D);
const resultSize = fc.tuple(size(9), size(9));

interface Transform {
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly outputShape: [number, number];
}

/** Coefficients that leave no pixel on the line between two: multiples of 1/4, shifted by 1/16. */
const transforms = fc
  .tuple(...[0, 1, 2, 3, 4, 5].map(() => fc.integer({ min: -8, max: 8 })))
  .map((values) => [...values.map((value, i) => value / 4 + (i % 3 === 2 ? 1 / 16 : 0)), 0, 0]);

function transformReading([x, coefficients]: readonly NdArray[], attrs: Transform): Reading {
  const [batch, height, width, channels] = (x as NdArray).shape as Size4D;
  const count = (coefficients as NdArray).shape[0] as number;
  return {
    image: [batch, height, width, channels],
    results: batch,
    size: attrs.outputShape,
    nearest: attrs.interpolation === 'nearest',
    fillValue: attrs.fillValue,
    position: (result, row, column) => {
      const start = (count === 1 ? 0 : result) * 8;
      const [a, b, c, d, e, f] = (coefficients as NdArray).data.slice(start, start + 6) as unknown as number[];
      const across = (a as number) * column + (b as number) * row + (c as number);
      const down = (d as number) * column + (e as number) * row + (f as number);
      return {
        image: result,
        y: continued(down, height, attrs.fillMode),
        x: continued(across, width, attrs.fillMode),
      };
    },
  };
}

const transform = entry<Transform>({
  op: 'transform',
  family: 'shape',
  cases: fc
    .record({
      image,
      coefficients: fc.array(transforms, { minLength: 3, maxLength: 3 }),
      shared: fc.boolean(),
      attrs: fc.record({
        interpolation: fc.constantFrom<Transform['interpolation'][]>('nearest', 'bilinear'),
        fillMode: fc.constantFrom<FillMode[]>('constant', 'reflect', 'wrap', 'nearest'),
        fillValue: fc.constantFrom(0, 1, -2.5),
        outputShape: resultSize,
      }),
      seed,
    })
    .map(({ image: sizes, coefficients, shared, attrs, seed: values }): OpCase<Transform> => {
      const count = shared ? 1 : sizes[0];
      return {
        inputs: [{ shape: sizes }, { shape: [count, 8], values: coefficients.slice(0, count).flat() }],
        attrs,
        seed: values,
      };
    }),
  run: ([x, coefficients], { interpolation, fillMode, fillValue, outputShape }) =>
    tf.image.transform(x as tf.Tensor4D, coefficients as tf.Tensor2D, interpolation, fillMode, fillValue, outputShape),
  reference: (inputs, attrs) => [read(transformReading(inputs, attrs), inputs[0] as NdArray)],
  adjoint: (inputs, attrs, [dy]) => [
    readBack(transformReading(inputs, attrs), inputs[0] as NdArray, dy as NdArray),
    null,
  ],
});

interface Crop {
  readonly method: 'bilinear' | 'nearest';
  readonly extrapolationValue: number;
  readonly cropSize: [number, number];
}

/** Edges off the pixels and off the lines between them, so that rounding decides nothing. */
const edge = fc.integer({ min: -3, max: 11 }).map((value) => value / 8 + 0.0123);
const box = fc.tuple(edge, edge, edge, edge);

function cropReading([x, boxes, images]: readonly NdArray[], attrs: Crop): Reading {
  const [batch, height, width, channels] = (x as NdArray).shape as Size4D;
  const [rows, columns] = attrs.cropSize;
  const along = (at: number, count: number, first: number, last: number, length: number): number =>
    (count > 1 ? first + (at * (last - first)) / (count - 1) : (first + last) / 2) * (length - 1);
  return {
    image: [batch, height, width, channels],
    results: (boxes as NdArray).shape[0] as number,
    size: attrs.cropSize,
    nearest: attrs.method === 'nearest',
    fillValue: attrs.extrapolationValue,
    position: (result, row, column) => {
      const [top, left, bottom, right] = (boxes as NdArray).data.slice(result * 4, result * 4 + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const y = along(row, rows, top, bottom, height);
      const x = along(column, columns, left, right, width);
      if (y < 0 || y > height - 1 || x < 0 || x > width - 1) return undefined;
      return { image: (images as NdArray).data[result] as number, y, x };
    },
  };
}

const cropAndResize = entry<Crop>({
  op: 'cropAndResize',
  family: 'shape',
  cases: fc
    .record({
      image,
      boxes: fc.array(box, { minLength: 1, maxLength: 5 }),
      attrs: fc.record({
        method: fc.constantFrom<Crop['method'][]>('bilinear', 'nearest'),
        extrapolationValue: fc.constantFrom(0, 1, -2.5),
        cropSize: resultSize,
      }),
      seed,
    })
    .map(
      ({ image: sizes, boxes, attrs, seed: values }): OpCase<Crop> => ({
        inputs: [
          { shape: sizes },
          { shape: [boxes.length, 4], values: boxes.flat() },
          { shape: [boxes.length], dtype: 'int32', below: [sizes[0]] },
        ],
        attrs,
        seed: values,
      }),
    ),
  examples: [
    {
      // A crop of the image's own size, moved a little: its last column is outside.
      inputs: [
        { shape: [1, 3, 7, 2] },
        { shape: [1, 4], values: [0.0123, 0.0123, 0.0123, 1.0123] },
        { shape: [1], dtype: 'int32', below: [1] },
      ],
      attrs: { method: 'nearest', extrapolationValue: 1, cropSize: [2, 7] },
      seed: 2,
    },
  ],
  run: ([x, boxes, images], { method, extrapolationValue, cropSize }) =>
    tf.image.cropAndResize(
      x as tf.Tensor4D,
      boxes as tf.Tensor2D,
      images as tf.Tensor1D,
      cropSize,
      method,
      extrapolationValue,
    ),
  reference: (inputs, attrs) => [read(cropReading(inputs, attrs), inputs[0] as NdArray)],
  adjoint: (inputs, attrs, [dy]) => [
    readBack(cropReading(inputs, attrs), inputs[0] as NdArray, dy as NdArray),
    null,
    null,
  ],
});

export const imageEntries: readonly Entry[] = [cropAndResize, transform];
