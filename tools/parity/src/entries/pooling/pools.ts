import * as tf from '@tensorflow/tfjs-core';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { type Expected, exactly, Sums } from '../../expected.ts';
import { type NdArray, sizeOf } from '../../nd-array.ts';
import type { ConvolutionBounds } from '../convolution/convolution-cases.ts';
import { tfPad } from '../convolution/convolution-cases.ts';
import { forEachWindow, type PoolSettings, poolCases, poolWindows } from './pool-cases.ts';

interface Pool {
  readonly op: string;
  readonly rank: number;
  readonly call: (x: tf.Tensor, settings: PoolSettings) => tf.Tensor;
  readonly bounds?: ConvolutionBounds;
}

const pads3d: ConvolutionBounds = { pads: ['same', 'valid', 'number'] };

function averages(x: NdArray, attrs: PoolSettings): Expected {
  const windows = poolWindows(x.shape, attrs);
  const sums = new Sums(windows.shape);
  forEachWindow(x.shape, windows, (out, places) => {
    for (const place of places) sums.add(out, (x.data[place] as number) / places.length);
  });
  return sums.expected();
}

/** The gradient of an average: every element of a window has the same share, and padding has none. */
function averagesBack(x: NdArray, attrs: PoolSettings, dy: NdArray): Expected {
  const sums = new Sums(x.shape);
  forEachWindow(x.shape, poolWindows(x.shape, attrs), (out, places) => {
    for (const place of places) sums.add(place, (dy.data[out] as number) / places.length);
  });
  return sums.expected();
}

function averagePool({ op, rank, call, bounds = {} }: Pool): Entry {
  return entry<PoolSettings>({
    op,
    family: 'pooling',
    cases: poolCases(rank, [{}], bounds),
    run: ([x], attrs) => call(x as tf.Tensor, attrs),
    reference: ([x], attrs) => [averages(x as NdArray, attrs)],
    adjoint: ([x], attrs, [dy]) => [averagesBack(x as NdArray, attrs, dy as NdArray)],
  });
}

/** The place of the first of the largest elements of every window. */
function largestPlaces(x: NdArray, attrs: PoolSettings): { shape: readonly number[]; places: Int32Array } {
  const windows = poolWindows(x.shape, attrs);
  const places = new Int32Array(sizeOf(windows.shape));
  forEachWindow(x.shape, windows, (out, members) => {
    let best = members[0] as number;
    for (const place of members) if ((x.data[place] as number) > (x.data[best] as number)) best = place;
    places[out] = best;
  });
  return { shape: windows.shape, places };
}

function largest(x: NdArray, attrs: PoolSettings): Expected {
  const { shape, places } = largestPlaces(x, attrs);
  return exactly(
    shape,
    Float64Array.from(places, (place) => x.data[place] as number),
  );
}

/** The gradient of a maximum: that of a window goes to the first of its largest elements. */
function largestBack(x: NdArray, attrs: PoolSettings, dy: NdArray): Expected {
  const sums = new Sums(x.shape);
  largestPlaces(x, attrs).places.forEach((place, out) => {
    sums.add(place, dy.data[out] as number);
  });
  return sums.expected();
}

/** Distinct values, many equal ones, and windows without a positive element. */
const maximumKinds = [{}, { whole: true }, { range: [-9, -1] as const }];

/** A call that random ones seldom are. */
const unevenlyPadded: OpCase<PoolSettings> = {
  inputs: [{ shape: [1, 2, 4, 1] }],
  attrs: { filterSize: [2, 3], strides: [1, 1], dilations: [1, 1], pad: 1 },
  seed: 1,
};

function maximumPool({ op, rank, call, bounds = {} }: Pool): Entry {
  return entry<PoolSettings>({
    op,
    family: 'pooling',
    ...(rank === 2 && { examples: [unevenlyPadded] }),
    cases: poolCases(rank, maximumKinds, bounds),
    run: ([x], attrs) => call(x as tf.Tensor, attrs),
    reference: ([x], attrs) => [largest(x as NdArray, attrs)],
    adjoint: ([x], attrs, [dy]) => [largestBack(x as NdArray, attrs, dy as NdArray)],
  });
}

const withArgmax = entry<PoolSettings>({
  op: 'maxPoolWithArgmax',
  family: 'pooling',
  cases: poolCases(2, maximumKinds, { pads: ['same', 'valid'] }),
  run: ([x], { filterSize, strides, pad }) => {
    const { result, indexes } = tf.maxPoolWithArgmax(
      x as tf.Tensor4D,
      filterSize as [number, number],
      strides as [number, number],
      pad as 'same',
      true,
    );
    return [result as tf.Tensor, indexes as tf.Tensor];
  },
  reference: ([x], attrs) => {
    const { shape, places } = largestPlaces(x as NdArray, attrs);
    return [largest(x as NdArray, attrs), exactly(shape, places, 'int32')];
  },
  adjoint: ([x], attrs, [dy]) => [largestBack(x as NdArray, attrs, dy as NdArray)],
});

type Sizes2D = [number, number];
type Sizes3D = [number, number, number];

export const poolEntries: readonly Entry[] = [
  averagePool({
    op: 'avgPool',
    rank: 2,
    call: (x, { filterSize, strides, pad }) =>
      tf.avgPool(x as tf.Tensor4D, filterSize as Sizes2D, strides as Sizes2D, tfPad(pad)),
  }),
  averagePool({
    op: 'avgPool3d',
    rank: 3,
    bounds: pads3d,
    call: (x, { filterSize, strides, pad }) =>
      tf.avgPool3d(x as tf.Tensor5D, filterSize as Sizes3D, strides as Sizes3D, pad as 'same'),
  }),
  maximumPool({
    op: 'maxPool',
    rank: 2,
    call: (x, { filterSize, strides, pad }) =>
      tf.maxPool(x as tf.Tensor4D, filterSize as Sizes2D, strides as Sizes2D, tfPad(pad)),
  }),
  maximumPool({
    op: 'maxPool3d',
    rank: 3,
    bounds: pads3d,
    call: (x, { filterSize, strides, pad }) =>
      tf.maxPool3d(x as tf.Tensor5D, filterSize as Sizes3D, strides as Sizes3D, pad as 'same'),
  }),
  withArgmax,
];
