import { mostRows } from '../contraction/left-operand.ts';
import { isInside, reach, type WindowAxis } from '../convolution/correlation.ts';

/** The three axes of volumes: depth, height and width. */
export type Axes<T> = readonly [depth: T, rows: T, columns: T];

/** Windows on a batch of volumes: [batch, depth.length, rows.length, columns.length, channels]. */
export interface VolumeCorrelation {
  readonly batch: number;
  readonly axes: Axes<WindowAxis>;
  readonly channels: number;
}

/** About how many windows are worked on at a time. */
const windowsAtATime = 4 * mostRows;

/** Volumes and the windows on them, laid out in memory. */
export interface VolumeLayout {
  readonly correlation: VolumeCorrelation;
  /** Whether volumes are copied to a place with room around them. */
  readonly copied: boolean;
  /** The bytes from slice to slice, from row to row and from pixel to pixel. */
  readonly bytes: Axes<number>;
  readonly volumeBytes: number;
  /** How many volumes, slices of windows and rows of windows are worked on at a time. */
  readonly volumes: number;
  readonly slices: number;
  readonly rows: number;
  /** How many elements of a window follow each other, and the offsets of such runs from the window's begin. */
  readonly runElements: number;
  readonly runOffsets: readonly number[];
  /** The offsets of the first elements of the windows that are worked on at a time: [volumes, slices, rows, columns]. */
  readonly windowOffsets: Int32Array;
}

/** How many windows there are in all. */
export function windowCount({ batch, axes }: VolumeCorrelation): number {
  return axes.reduce((count, { windows }) => count * windows, batch);
}

/** Whether windows are pixels, all of them. */
export function isPlain({ axes }: VolumeCorrelation): boolean {
  return axes.every(
    (axis) => axis.taps === 1 && axis.stride === 1 && axis.before === 0 && axis.windows === axis.length,
  );
}

const layouts = new WeakMap<VolumeCorrelation, VolumeLayout>();

/** Plans how windows are gone through, and remembers it. */
export function layOut(correlation: VolumeCorrelation): VolumeLayout {
  const known = layouts.get(correlation);
  if (known !== undefined) return known;
  const made = plan(correlation);
  layouts.set(correlation, made);
  return made;
}

function plan(correlation: VolumeCorrelation): VolumeLayout {
  const { batch, axes, channels } = correlation;
  const copied = !axes.every(isInside);
  const [depth, height, width] = axes.map((axis) => (copied ? reach(axis) : axis.length)) as [number, number, number];
  const [inDepth, inRows, inColumns] = axes.map(({ windows }) => windows) as [number, number, number];
  const pixel = 4 * channels;
  const bytes: Axes<number> = [height * width * pixel, width * pixel, pixel];
  const perVolume = inDepth * inRows * inColumns;
  const whole = perVolume <= 4 * windowsAtATime;
  const fitting = Math.floor(windowsAtATime / (inRows * inColumns));
  const layout = {
    correlation,
    copied,
    bytes,
    volumeBytes: depth * bytes[0],
    volumes: whole ? Math.min(batch, Math.max(1, Math.floor(windowsAtATime / perVolume))) : 1,
    slices: whole ? inDepth : Math.max(1, fitting),
    rows: whole || fitting >= 1 ? inRows : Math.max(1, Math.floor(windowsAtATime / inColumns)),
    ...runs(correlation, bytes),
  };
  return { ...layout, windowOffsets: windowOffsets(layout) };
}

function windowOffsets(layout: Omit<VolumeLayout, 'windowOffsets'>): Int32Array {
  const { correlation, bytes, volumeBytes, volumes, slices, rows } = layout;
  const [depth, height, width] = correlation.axes;
  const offsets = new Int32Array(volumes * slices * rows * width.windows);
  let i = 0;
  for (let volume = 0; volume < volumes; volume++) {
    for (let slice = 0; slice < slices; slice++) {
      for (let row = 0; row < rows; row++) {
        const line = volume * volumeBytes + slice * depth.stride * bytes[0] + row * height.stride * bytes[1];
        for (let column = 0; column < width.windows; column++) offsets[i++] = line + column * width.stride * bytes[2];
      }
    }
  }
  return offsets;
}

function runs(
  { axes, channels }: VolumeCorrelation,
  bytes: Axes<number>,
): Pick<VolumeLayout, 'runElements' | 'runOffsets'> {
  const [depth, rows, columns] = axes;
  const joined = columns.dilation === 1;
  const runOffsets: number[] = [];
  for (let z = 0; z < depth.taps; z++) {
    for (let y = 0; y < rows.taps; y++) {
      const offset = z * depth.dilation * bytes[0] + y * rows.dilation * bytes[1];
      for (let x = 0; x < (joined ? 1 : columns.taps); x++) runOffsets.push(offset + x * columns.dilation * bytes[2]);
    }
  }
  return { runElements: joined ? columns.taps * channels : channels, runOffsets };
}

/** The part of an axis that windows can see: from which position to which place of the copy, and how many positions. */
export function visible(axis: WindowAxis): { readonly from: number; readonly to: number; readonly count: number } {
  const from = Math.max(0, -axis.before);
  const to = Math.max(0, axis.before);
  return { from, to, count: Math.max(0, Math.min(axis.length - from, reach(axis) - to)) };
}
