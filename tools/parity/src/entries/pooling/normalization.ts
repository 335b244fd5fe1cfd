import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { elementwiseTolerance, withinElementwise } from '../../expected.ts';
import type { NdArray } from '../../nd-array.ts';
import { pointwise, pointwiseGradient } from '../../references/broadcasting.ts';
import { capped, seed, shape, size } from '../../sizes.ts';

interface LocalResponse {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Calls a function for every pair of channels of a pixel that are within the radius. */
function forEachNeighbour(
  { shape: sizes, data }: NdArray,
  radius: number,
  visit: (at: number, near: number) => void,
): void {
  const channels = sizes.at(-1) as number;
  for (let at = 0; at < data.length; at++) {
    const channel = at % channels;
    const last = Math.min(channels - 1, channel + radius);
    for (let near = Math.max(0, channel - radius); near <= last; near++) visit(at, at - channel + near);
  }
}

function normsOf(x: NdArray, { depthRadius, bias, alpha }: LocalResponse): Float64Array {
  const norms = new Float64Array(x.data.length).fill(bias);
  forEachNeighbour(x, depthRadius, (at, near) => {
    (norms[at] as number) += alpha * (x.data[near] as number) ** 2;
  });
  return norms;
}

const localResponseNormalization = entry<LocalResponse>({
  op: 'localResponseNormalization',
  family: 'pooling',
  cases: fc
    .record({
      sizes: fc.tuple(fc.constantFrom(1, 2), size(9), size(9), size(33)),
      attrs: fc.record({
        depthRadius: fc.constantFrom(5, 1, 2, 0, 7),
        bias: fc.constantFrom(1, 0.5, 2),
        alpha: fc.constantFrom(1, 0.1, 0.5),
        beta: fc.constantFrom(0.5, 0.75, 1),
      }),
      seed,
    })
    .map(
      ({ sizes, attrs, seed: values }): OpCase<LocalResponse> => ({
        inputs: [{ shape: capped(sizes, 900) }],
        attrs,
        seed: values,
      }),
    ),
  run: ([x], { depthRadius, bias, alpha, beta }) =>
    tf.localResponseNormalization(x as tf.Tensor4D, depthRadius, bias, alpha, beta),
  reference: ([x], attrs) => {
    const norms = normsOf(x as NdArray, attrs);
    const data = (x as NdArray).data.map((value, at) => value * (norms[at] as number) ** -attrs.beta);
    return [withinElementwise((x as NdArray).shape, data)];
  },
  adjoint: ([x], attrs, [dy]) => {
    const { data, shape: sizes } = x as NdArray;
    const norms = normsOf(x as NdArray, attrs);
    const slopes = (dy as NdArray).data;
    const gradient = data.map((_, at) => (slopes[at] as number) * (norms[at] as number) ** -attrs.beta);
    const magnitudes = gradient.map(Math.abs);
    forEachNeighbour(x as NdArray, attrs.depthRadius, (at, near) => {
      const shared = (slopes[at] as number) * (data[at] as number) * (norms[at] as number) ** (-attrs.beta - 1);
      const term = 2 * attrs.alpha * attrs.beta * (data[near] as number) * shared;
      (gradient[near] as number) -= term;
      (magnitudes[near] as number) += Math.abs(term);
    });
    return [{ shape: sizes, dtype: 'float32', data: gradient, tolerance: magnitudes.map(elementwiseTolerance) }];
  },
});

const EPSILON = 0.001;

const normalized = (x: number, mean: number, variance: number, offset: number, scale: number): number =>
  ((x - mean) / Math.sqrt(variance + EPSILON)) * scale + offset;

/** The derivatives by the image, the mean, the variance, the offset and the scale. */
const partials: readonly ((x: number, mean: number, variance: number, offset: number, scale: number) => number)[] = [
  (_x, _mean, variance, _offset, scale) => scale / Math.sqrt(variance + EPSILON),
  (_x, _mean, variance, _offset, scale) => -scale / Math.sqrt(variance + EPSILON),
  (x, mean, variance, _offset, scale) => -0.5 * (x - mean) * scale * (variance + EPSILON) ** -1.5,
  () => 1,
  (x, mean, variance) => (x - mean) / Math.sqrt(variance + EPSILON),
];

const batchNorm = entry<null>({
  op: 'batchNorm',
  family: 'pooling',
  cases: fc.record({ sizes: shape({ minRank: 2, maxRank: 4, empty: false }), seed }).map(({ sizes, seed: values }) => {
    const channels = sizes.slice(-1);
    return {
      inputs: [
        { shape: sizes },
        { shape: channels },
        { shape: channels, range: [0.2, 3] as const },
        { shape: channels },
        { shape: channels },
      ],
      attrs: null,
      seed: values,
    };
  }),
  run: ([x, mean, variance, offset, scale]) =>
    tf.batchNorm(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      EPSILON,
    ),
  reference: (inputs) => [pointwise(inputs, normalized as (...values: number[]) => number)],
  adjoint: (inputs, _, [dy]) =>
    partials.map((partial, i) =>
      pointwiseGradient(inputs, dy as NdArray, i, partial as (...values: number[]) => number),
    ),
});

export const normalizationEntries: readonly Entry[] = [batchNorm, localResponseNormalization];
