import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry } from '../../entry.ts';
import { Sums, sumTolerance } from '../../expected.ts';
import { type NdArray, sizeOf } from '../../nd-array.ts';
import { seed } from '../../sizes.ts';
import { convolutions, settingsOf } from '../convolution/convolution-cases.ts';
import { forEachWindow, type PoolSettings, poolWindows } from './pool-cases.ts';

/** For every element of the result, the first pair of an element and a filter's value with the largest sum. */
function largestPairs(
  x: NdArray,
  filter: NdArray,
  attrs: PoolSettings,
): { shape: readonly number[]; pairs: [number, number][] } {
  const windows = poolWindows(x.shape, attrs);
  const channels = x.shape.at(-1) as number;
  const pairs = new Array<[number, number]>(sizeOf(windows.shape));
  forEachWindow(x.shape, windows, (out, places, meetings, channel) => {
    let best = Number.NEGATIVE_INFINITY;
    for (const [i, place] of places.entries()) {
      const at = (meetings[i]?.filter as number) * channels + channel;
      const sum = (x.data[place] as number) + (filter.data[at] as number);
      if (sum > best) {
        best = sum;
        pairs[out] = [place, at];
      }
    }
  });
  return { shape: windows.shape, pairs };
}

export const dilation2d: Entry = entry<PoolSettings>({
  op: 'dilation2d',
  family: 'pooling',
  cases: fc
    .record({
      convolution: convolutions(2, { depthwise: true, pads: ['same', 'valid'], most: 6000 }),
      // Sums of whole numbers are exact, so that every backend chooses the same pair.
      kind: fc.constantFrom(
        { whole: true, range: [-40, 40] as const },
        { whole: true, range: [-60, -20] as const },
        {},
      ),
      seed,
    })
    .map(({ convolution, kind, seed: values }) => {
      const [height, width] = convolution.filter as [number, number];
      const channels = convolution.x.at(-1) as number;
      return {
        inputs: [
          { shape: convolution.x, ...kind },
          { shape: [height, width, channels], ...kind },
        ],
        attrs: { ...settingsOf(convolution), filterSize: [height, width] },
        seed: values,
        gradient: 'whole' in kind,
      };
    }),
  run: ([x, filter], { strides, dilations, pad }) =>
    tf.dilation2d(
      x as tf.Tensor4D,
      filter as tf.Tensor3D,
      strides as [number, number],
      pad as 'same',
      dilations as [number, number],
    ),
  reference: (inputs, attrs) => {
    const [x, filter] = inputs as [NdArray, NdArray];
    const { shape, pairs } = largestPairs(x, filter, attrs);
    const terms = pairs.map(([i, j]) => [x.data[i] as number, filter.data[j] as number] as const);
    const data = Float64Array.from(terms, ([a, b]) => a + b);
    const tolerance = Float64Array.from(terms, ([a, b]) => sumTolerance(2, Math.abs(a) + Math.abs(b)));
    return [{ shape, dtype: 'float32', data, tolerance }];
  },
  adjoint: (inputs, attrs, [dy]) => {
    const [x, filter] = inputs as [NdArray, NdArray];
    const [byX, byFilter] = [new Sums(x.shape), new Sums(filter.shape)];
    for (const [out, [i, j]] of largestPairs(x, filter, attrs).pairs.entries()) {
      byX.add(i, (dy as NdArray).data[out] as number);
      byFilter.add(j, (dy as NdArray).data[out] as number);
    }
    return [byX.expected(), byFilter.expected()];
  },
});
