import fc from 'fast-check';
import type { OpCase } from '../../entry.ts';
import type { Shape } from '../../nd-array.ts';
import { axesOf, type ConvolutionSettings } from '../../references/convolution.ts';
import { type Meeting, meetingsOf, windowsOf } from '../../references/windows.ts';
import { seed } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';
import { type ConvolutionBounds, convolutions, settingsOf } from '../convolution/convolution-cases.ts';

export interface PoolSettings extends ConvolutionSettings {
  readonly filterSize: readonly number[];
}

type Kind = Omit<InputSpec, 'shape'>;

/** Calls over windows; gradients are checked for all kinds of values. */
export function poolCases(
  rank: number,
  kinds: readonly Kind[],
  bounds: ConvolutionBounds,
): fc.Arbitrary<OpCase<PoolSettings>> {
  return fc
    .record({
      convolution: convolutions(rank, { depthwise: true, dilated: false, most: 6000, ...bounds }),
      kind: fc.constantFrom(...kinds),
      seed,
    })
    .map(({ convolution, kind, seed: values }) => ({
      inputs: [{ shape: convolution.x, ...kind }],
      attrs: { ...settingsOf(convolution), filterSize: convolution.filter.slice(0, rank) },
      seed: values,
    }));
}

/** The windows of a pool, over the spatial axes alone. */
export interface Windows {
  /** The shape of the result. */
  readonly shape: readonly number[];
  /** For every position of the result, what its window meets, in row-major order. */
  readonly members: readonly (readonly Meeting[])[];
}

export function poolWindows(x: Shape, settings: PoolSettings): Windows {
  const axes = axesOf(x.slice(1, -1), settings.filterSize, settings);
  const results = axes.map((axis) => windowsOf(axis).length);
  const members: Meeting[][] = Array.from({ length: results.reduce((a, b) => a * b, 1) }, () => []);
  for (const meeting of meetingsOf(axes)) members[meeting.result]?.push(meeting);
  return { shape: [x[0] as number, ...results, x.at(-1) as number], members };
}

/** Calls a function for every element of a pool's result, with its place and those of the elements in its window. */
export function forEachWindow(
  x: Shape,
  { members }: Windows,
  visit: (out: number, places: number[], meetings: readonly Meeting[], channel: number) => void,
): void {
  const channels = x.at(-1) as number;
  const size = x.slice(1, -1).reduce((a, b) => a * b, 1);
  for (let batch = 0; batch < (x[0] as number); batch++) {
    for (const [result, meetings] of members.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        const places = meetings.map(({ input }) => (batch * size + input) * channels + channel);
        visit((batch * members.length + result) * channels + channel, places, meetings, channel);
      }
    }
  }
}
