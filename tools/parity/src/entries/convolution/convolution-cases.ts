import fc from 'fast-check';
import type { OpCase } from '../../entry.ts';
import { type Convolution, type ConvolutionSettings, termCount } from '../../references/convolution.ts';
import { reachOf } from '../../references/windows.ts';
import { seed } from '../../sizes.ts';

interface AxisDraw {
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** One axis; volumes are smaller, or else a single call would take seconds. */
function axisDraw(rank: number): fc.Arbitrary<AxisDraw> {
  return fc.record({
    size: fc.constantFrom(...(rank === 3 ? [1, 2, 3, 4, 5, 6, 8] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17])),
    filter: fc.constantFrom(...(rank === 3 ? [1, 2, 3, 4] : [1, 2, 3, 4, 5, 7])),
    stride: fc.constantFrom(1, 1, 2, 3, 4),
    dilation: fc.constantFrom(1, 1, 2, 3),
    before: fc.nat({ max: 3 }),
    after: fc.nat({ max: 3 }),
  });
}

type PadKind = 'same' | 'valid' | 'number' | 'explicit';

interface Draw {
  readonly axes: readonly AxisDraw[];
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly pad: PadKind;
  readonly dilated: boolean;
  /** Whether all axes have the window of the first. */
  readonly square: boolean;
  readonly uneven: boolean;
}

function padOf({ axes, pad }: Draw, reaches: readonly number[]): ConvolutionSettings['pad'] {
  if (pad === 'same' || pad === 'valid') return pad;
  // Padding that a whole window lies in has no use, and backends need not allow it.
  if (pad === 'number') return Math.min(...axes.map(({ before }, i) => Math.min(before, (reaches[i] as number) - 1)));
  return axes.map(({ before, after }, i): [number, number] => [
    Math.min(before, (reaches[i] as number) - 1),
    Math.min(after, (reaches[i] as number) - 1),
  ]);
}

/** Windows that fit the sizes, strides or dilations but never both, and channels until the terms are few enough. */
function fitted(draw: Draw, depthwise: boolean, most: number): Convolution {
  const { batch } = draw;
  const [first] = draw.axes as [AxisDraw];
  // A number pads all axes alike, and tfjs understands it only of windows that are alike: few calls have others.
  const axes =
    draw.square || (draw.pad === 'number' && !draw.uneven)
      ? draw.axes.map((axis) => ({ ...first, size: Math.max(axis.size, reachOf(first.filter, first.dilation)) }))
      : draw.axes;
  const filters = axes.map(({ filter, size }) => Math.min(filter, size));
  const dilations = axes.map(({ dilation, size }, i) => {
    const positions = (filters[i] as number) - 1;
    return draw.dilated ? Math.max(1, Math.min(dilation, positions === 0 ? 1 : Math.floor((size - 1) / positions))) : 1;
  });
  const pad = padOf(
    { ...draw, axes },
    filters.map((filter, i) => reachOf(filter, dilations[i] as number)),
  );
  let [inputs, outputs] = [draw.inputs, draw.outputs];
  for (;;) {
    const convolution: Convolution = {
      x: [batch, ...axes.map(({ size }) => size), inputs],
      filter: [...filters, inputs, outputs],
      strides: axes.map(({ stride }) => (draw.dilated ? 1 : stride)),
      dilations,
      pad,
      depthwise,
    };
    if ((inputs === 1 && outputs === 1) || termCount(convolution) <= most) return convolution;
    if (inputs > outputs) inputs = inputs >> 1;
    else outputs = outputs >> 1;
  }
}

/** Convolutions over `rank` axes. */
export function convolutions(
  rank: number,
  {
    depthwise = false,
    pads = ['same', 'valid', 'number', 'explicit'],
    dilated = true,
    most = 40_000,
  }: ConvolutionBounds = {},
): fc.Arbitrary<Convolution> {
  const channels = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33);
  return fc
    .record({
      axes: fc.array(axisDraw(rank), { minLength: rank, maxLength: rank }),
      batch: fc.constantFrom(1, 2, 3),
      inputs: channels,
      outputs: depthwise ? fc.constantFrom(1, 1, 2, 3, 4) : channels,
      pad: fc.constantFrom(...pads),
      square: fc.boolean(),
      uneven: fc.constantFrom(false, false, false, true),
      dilated: dilated ? fc.constantFrom(false, false, true) : fc.constant(false),
    })
    .map((draw) => fitted(draw, depthwise, most));
}

export interface ConvolutionBounds {
  readonly depthwise?: boolean;
  readonly pads?: readonly PadKind[];
  readonly dilated?: boolean;
  /** Most terms. Default 40,000. */
  readonly most?: number;
}

/** The settings that a call needs beside its tensors. */
export function settingsOf({ strides, dilations, pad }: Convolution): ConvolutionSettings {
  return { strides, dilations, pad };
}

/** Calls that take the image and the filter. */
export function convolutionCases(rank: number, bounds?: ConvolutionBounds): fc.Arbitrary<OpCase<ConvolutionSettings>> {
  return fc.record({ convolution: convolutions(rank, bounds), seed }).map(({ convolution, seed: values }) => ({
    inputs: [{ shape: convolution.x }, { shape: convolution.filter }],
    attrs: settingsOf(convolution),
    seed: values,
  }));
}

type TfPad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

/** The padding as tfjs takes it. */
export function tfPad(pad: ConvolutionSettings['pad']): TfPad {
  if (typeof pad !== 'object') return pad;
  return [[0, 0], ...pad.map((pair) => [...pair]), [0, 0]] as TfPad;
}
