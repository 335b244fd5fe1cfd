/** Settings of one spatial axis of a convolution or a pool. */
export interface AxisSettings {
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: AxisPad;
}

/** `same`, `valid`, or how much is padded before and behind. */
export type AxisPad = 'same' | 'valid' | readonly [before: number, after: number];

/** How far a window reaches. */
export function reachOf(filter: number, dilation: number): number {
  return (filter - 1) * dilation + 1;
}

/** For every position of the result, the position in the input that each position of the window meets; -1 is outside. */
export function windowsOf({ size, filter, stride, dilation, pad }: AxisSettings): number[][] {
  const reach = reachOf(filter, dilation);
  const results = pad === 'same' ? Math.ceil(size / stride) : undefined;
  const missing = results === undefined ? 0 : Math.max((results - 1) * stride + reach - size, 0);
  const [before, after] = typeof pad === 'string' ? [Math.floor(missing / 2), Math.ceil(missing / 2)] : pad;
  const count = results ?? Math.floor((size + before + after - reach) / stride) + 1;
  return Array.from({ length: count }, (_, result) =>
    Array.from({ length: filter }, (__, position) => {
      const at = result * stride - before + position * dilation;
      return at >= 0 && at < size ? at : -1;
    }),
  );
}

/** One meeting of a window with the input, by places in the spatial sizes alone. */
export interface Meeting {
  readonly result: number;
  readonly input: number;
  readonly filter: number;
}

/** All meetings of windows over several axes, in row-major order of the results and then of the window. */
export function meetingsOf(axes: readonly AxisSettings[]): Meeting[] {
  let meetings: Meeting[] = [{ result: 0, input: 0, filter: 0 }];
  for (const axis of axes) {
    const windows = windowsOf(axis);
    meetings = meetings.flatMap((outer) =>
      windows.flatMap((window, result) =>
        window.flatMap((input, filter) =>
          input < 0
            ? []
            : {
                result: outer.result * windows.length + result,
                input: outer.input * axis.size + input,
                filter: outer.filter * axis.filter + filter,
              },
        ),
      ),
    );
  }
  return meetings;
}
