import { addAt, at, indicesOf, type NdArray, ndArray } from './nd-array.ts';

/** Along one axis: for each output position, the input positions that the window's positions meet, or undefined outside. */
export type AxisWindows = readonly (readonly (number | undefined)[])[];

/** Settings of one spatial axis of a convolution or a pool. */
export interface AxisSettings {
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation?: number;
  /** 'valid', 'same', or how much is padded before and after. */
  readonly pad: 'valid' | 'same' | readonly [before: number, after: number];
}

export function windowsOf({ size, filter, stride, dilation = 1, pad }: AxisSettings): AxisWindows {
  const reach = (filter - 1) * dilation + 1;
  const same = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  const [before, after] = pad === 'valid' ? [0, 0] : pad === 'same' ? [same >> 1, same - (same >> 1)] : pad;
  const outputs = Math.floor((size + before + after - reach) / stride) + 1;
  return Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: filter }, (_, position) => {
      const input = output * stride - before + position * dilation;
      return input >= 0 && input < size ? input : undefined;
    }),
  );
}

/** The pairs of a position in the window and a position in the input for one output position. */
export function meetings(
  axes: readonly AxisWindows[],
  output: readonly number[],
): { filter: number[]; input: number[] }[] {
  const perAxis = axes.map((windows, axis) => windows[output[axis] as number] as (number | undefined)[]);
  return indicesOf(perAxis.map((window) => window.length)).flatMap((filter) => {
    const input = filter.map((position, axis) => perAxis[axis]?.[position]);
    return input.every((position) => position !== undefined) ? [{ filter, input: input as number[] }] : [];
  });
}

/** Convolution of `[batch, …spatial, in]` with `[…spatial, in, out]`. */
export function convolved(x: NdArray, filter: NdArray, axes: readonly AxisWindows[]): NdArray {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const outputs = filter.shape.at(-1) as number;
  const spatial = axes.map((windows) => windows.length);
  const y = ndArray([batch, ...spatial, outputs]);
  for (const place of indicesOf(spatial)) {
    for (const meeting of meetings(axes, place)) {
      for (const [b, i, o] of indicesOf([batch, channels, outputs]) as [number, number, number][]) {
        addAt(y, [b, ...place, o], at(x, b, ...meeting.input, i) * at(filter, ...meeting.filter, i, o));
      }
    }
  }
  return y;
}

/** The transpose of `convolved`: from `[batch, …outputs, out]` to the given input sizes. */
export function transposeConvolved(
  x: NdArray,
  filter: NdArray,
  axes: readonly AxisWindows[],
  sizes: readonly number[],
): NdArray {
  const [batch, outputs] = [x.shape[0] as number, x.shape.at(-1) as number];
  const channels = filter.shape.at(-2) as number;
  const y = ndArray([batch, ...sizes, channels]);
  for (const place of indicesOf(axes.map((windows) => windows.length))) {
    for (const meeting of meetings(axes, place)) {
      for (const [b, i, o] of indicesOf([batch, channels, outputs]) as [number, number, number][]) {
        addAt(y, [b, ...meeting.input, i], at(x, b, ...place, o) * at(filter, ...meeting.filter, i, o));
      }
    }
  }
  return y;
}

/** Convolution of every channel of `[batch, height, width, channels]` with its own `[height, width, channels, multiplier]`. */
export function depthwiseConvolved(x: NdArray, filter: NdArray, axes: readonly AxisWindows[]): NdArray {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const multiplier = filter.shape.at(-1) as number;
  const spatial = axes.map((windows) => windows.length);
  const y = ndArray([batch, ...spatial, channels * multiplier]);
  for (const place of indicesOf(spatial)) {
    for (const meeting of meetings(axes, place)) {
      for (const [b, c, m] of indicesOf([batch, channels, multiplier]) as [number, number, number][]) {
        addAt(
          y,
          [b, ...place, c * multiplier + m],
          at(x, b, ...meeting.input, c) * at(filter, ...meeting.filter, c, m),
        );
      }
    }
  }
  return y;
}

/** A function of the elements in each window of every channel. */
export function pooled(x: NdArray, axes: readonly AxisWindows[], fn: (values: number[]) => number): NdArray {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const spatial = axes.map((windows) => windows.length);
  const values = indicesOf([batch, ...spatial, channels]).map((index) => {
    const [b, place, c] = [index[0] as number, index.slice(1, -1), index.at(-1) as number];
    return fn(meetings(axes, place).map(({ input }) => at(x, b, ...input, c)));
  });
  return ndArray([batch, ...spatial, channels], values);
}
