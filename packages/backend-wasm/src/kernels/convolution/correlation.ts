/** The windows that go along one axis of images. */
export interface WindowAxis {
  /** The length of the images. */
  readonly length: number;
  /** How far the first window begins before the images (negative: behind their begin). */
  readonly before: number;
  /** How many windows there are, and how far one is from the next. */
  readonly windows: number;
  readonly stride: number;
  /** How many positions a window has, and how far one is from the next. */
  readonly taps: number;
  readonly dilation: number;
}

/** Windows on a batch of images: [batch, rows.length, columns.length, channels]. */
export interface Correlation {
  readonly batch: number;
  readonly rows: WindowAxis;
  readonly columns: WindowAxis;
  readonly channels: number;
}

/** How many positions all windows of an axis reach over, from the begin of the first. */
export function reach({ windows, stride, taps, dilation }: WindowAxis): number {
  return (windows - 1) * stride + (taps - 1) * dilation + 1;
}

/** Whether all windows lie inside the images. */
export function isInside(axis: WindowAxis): boolean {
  return axis.before === 0 && reach(axis) <= axis.length;
}

/** The part of a gradient by the input that the same taps of the filter reach. */
export interface Phase {
  readonly axis: WindowAxis;
  /** The first of the filter's taps in it, and how far one is from the next. */
  readonly firstTap: number;
  readonly tapStep: number;
  /** The first position of the input in it, and how far one is from the next. */
  readonly first: number;
  readonly step: number;
}

/**
 * The gradient of windows by the images, along one axis, as windows on the gradient of the results: one phase for each
 * remainder that a position can have when it is divided by the stride. Taps are in reverse order.
 */
export function inputPhases({ length, before, windows, stride, taps, dilation }: WindowAxis): Phase[] {
  const phases: Phase[] = [];
  // Taps that are so many apart reach positions that are a multiple of the stride apart.
  let tapStep = 1;
  while ((tapStep * dilation) % stride !== 0) tapStep++;
  const windowStep = (tapStep * dilation) / stride;
  for (let firstTap = 0; firstTap < Math.min(tapStep, taps); firstTap++) {
    const first = (((firstTap * dilation - before) % stride) + stride) % stride;
    const positions = Math.ceil((length - first) / stride);
    if (positions <= 0) continue;
    const tapCount = Math.ceil((taps - firstTap) / tapStep);
    const lastTap = (tapCount - 1) * windowStep;
    const firstWindow = (first + before - firstTap * dilation) / stride;
    phases.push({
      axis: {
        length: windows,
        before: lastTap - firstWindow,
        windows: positions,
        stride: 1,
        taps: tapCount,
        dilation: windowStep,
      },
      firstTap,
      tapStep,
      first,
      step: stride,
    });
  }
  return phases;
}
