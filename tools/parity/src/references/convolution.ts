import type { Expected } from '../expected.ts';
import { type NdArray, type Shape, sizeOf } from '../nd-array.ts';
import { bilinear } from './terms.ts';
import { type AxisPad, type AxisSettings, meetingsOf, windowsOf } from './windows.ts';

/** The settings of a convolution over one, two or three axes. */
export interface ConvolutionSettings {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pad: 'same' | 'valid' | number | readonly (readonly [number, number])[];
}

/** A convolution of `[batch, …spatial, in]`, by `[…spatial, in, out]` or, depthwise, by `[…spatial, in, multiplier]`. */
export interface Convolution extends ConvolutionSettings {
  readonly x: Shape;
  readonly filter: Shape;
  readonly depthwise?: boolean;
}

/** The three arrays of a convolution: each is bilinear in the two others. */
export type Role = 'y' | 'x' | 'filter';

function padOf(pad: ConvolutionSettings['pad'], axis: number): AxisPad {
  if (typeof pad === 'string') return pad;
  return typeof pad === 'number' ? [pad, pad] : (pad[axis] as readonly [number, number]);
}

export function axesOf(
  sizes: Shape,
  filterSizes: Shape,
  { strides, dilations, pad }: ConvolutionSettings,
): AxisSettings[] {
  return sizes.map((size, axis) => ({
    size,
    filter: filterSizes[axis] as number,
    stride: strides[axis] as number,
    dilation: dilations[axis] as number,
    pad: padOf(pad, axis),
  }));
}

/** The shape of each of the three arrays. */
export function shapesOf(convolution: Convolution): Record<Role, Shape> {
  const { x, filter, depthwise } = convolution;
  const results = axesOf(x.slice(1, -1), filter, convolution).map((axis) => windowsOf(axis).length);
  const last = filter.at(-1) as number;
  const channels = depthwise === true ? last * (x.at(-1) as number) : last;
  return { x, filter, y: [x[0] as number, ...results, channels] };
}

/** Calls `emit` for every term: the places of the three elements that meet. */
function forEachTerm(convolution: Convolution, emit: (y: number, x: number, filter: number) => void): void {
  const { x, filter, depthwise = false } = convolution;
  const { y } = shapesOf(convolution);
  const meetings = meetingsOf(axesOf(x.slice(1, -1), filter, convolution));
  const [inputs, last, outputs] = [x.at(-1) as number, filter.at(-1) as number, y.at(-1) as number];
  const [xSize, ySize] = [sizeOf(x.slice(1, -1)), sizeOf(y.slice(1, -1))];
  for (let batch = 0; batch < (x[0] as number); batch++) {
    for (const meeting of meetings) {
      const yStart = (batch * ySize + meeting.result) * outputs;
      const xStart = (batch * xSize + meeting.input) * inputs;
      for (let i = 0; i < inputs; i++) {
        const filterStart = (meeting.filter * inputs + i) * last;
        for (let o = 0; o < last; o++) emit(yStart + (depthwise ? i * last + o : o), xStart + i, filterStart + o);
      }
    }
  }
}

const POSITION: Readonly<Record<Role, 0 | 1 | 2>> = { y: 0, x: 1, filter: 2 };

/** One of the three arrays from the two others: the convolution itself, or its gradient by an operand. */
export function fromOthers(
  convolution: Convolution,
  result: Role,
  [firstRole, first]: readonly [Role, NdArray | Expected],
  [secondRole, second]: readonly [Role, NdArray | Expected],
): Expected {
  const [to, a, b] = [POSITION[result], POSITION[firstRole], POSITION[secondRole]];
  const at = [0, 0, 0];
  return bilinear(
    shapesOf(convolution)[result],
    (emit) =>
      forEachTerm(convolution, (y, x, filter) => {
        at[0] = y;
        at[1] = x;
        at[2] = filter;
        emit(at[to] as number, at[a] as number, at[b] as number);
      }),
    first,
    second,
  );
}

/** How many terms a convolution has. */
export function termCount(convolution: Convolution): number {
  const { x, filter } = convolution;
  const meetings = meetingsOf(axesOf(x.slice(1, -1), filter, convolution)).length;
  return (x[0] as number) * meetings * (filter.at(-1) as number) * (x.at(-1) as number);
}
