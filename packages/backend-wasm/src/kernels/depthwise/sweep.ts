import { evenPiece } from '../contraction/left-operand.ts';
import type { Start } from '../contraction/product.ts';
import { type Correlation, inputPhases, type Phase, reach } from '../convolution/correlation.ts';
import { visible } from '../convolution-3d/volumes.ts';
import { packWalk, type Walk } from './walk.ts';

/** The distances in bytes between images, rows and neighbours of what windows result in. */
interface Layout {
  readonly image: number;
  readonly row: number;
  readonly step: number;
}

/** Columns of windows that are gone through in one walk. */
export interface Section {
  readonly from: number;
  readonly below: number;
  /**
   * How many neighbouring windows are taken as one with as many times the channels; above 1 all windows of the section lie
   * inside the image.
   */
  readonly joined: number;
  /** The channels, unless windows are joined: from the first, in bytes, and how many. */
  readonly channelBytes: number;
  readonly channels: number;
  readonly walk: Int32Array;
  /** Where in memory the walk was put. */
  slot: number;
}

/** All windows, and how a filter's taps lie in memory: in bytes, from tap to tap. */
export interface Sweep {
  readonly correlation: Correlation;
  readonly layout: Layout;
  readonly filterRow: number;
  readonly filterTap: number;
  /** From pixel to pixel of the input. */
  readonly inputPixel: number;
  /** Present when images have to be copied, one by one, to a place with zeros around them. */
  readonly copy?: ImageCopy | undefined;
  readonly sections: readonly Section[];
}

/** How an image is copied to a place with zeros around it; distances are in bytes. */
export interface ImageCopy {
  /** How many images there are, and the distances between them, their results and what these begin with. */
  readonly images: number;
  readonly inputImage: number;
  readonly outputImage: number;
  readonly startImage: number;
  /** The part of an image that windows see, and where it goes. */
  readonly from: number;
  readonly inputRow: number;
  readonly to: number;
  readonly targetRow: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** From pixel to pixel of the copy. */
  readonly targetPixel: number;
  readonly targetBytes: number;
}

/** A part of the gradient by the input; where its first tap and its first result are, in bytes. */
export interface InputSweep {
  readonly sweep: Sweep;
  readonly firstTap: number;
  readonly firstPixel: number;
}

/** Windows whose results lie one after the other. */
export function planSweep(c: Correlation, start: Pick<Start, 'row' | 'column'>): Sweep {
  const { rows, columns, channels } = c;
  const step = 4 * channels;
  const row = columns.windows * step;
  return complete(c, { image: rows.windows * row, row, step }, columns.taps * step, step, start);
}

/** The windows, on the gradient of the results, that give the gradient by the input. */
export function planInputSweeps({ batch, rows, columns, channels }: Correlation): readonly InputSweep[] {
  const pixel = 4 * channels;
  const rowBytes = columns.length * pixel;
  const tapRow = columns.taps * pixel;
  const sweeps: InputSweep[] = [];
  for (const row of inputPhases(rows)) {
    for (const column of inputPhases(columns)) {
      const layout = { image: rows.length * rowBytes, row: row.step * rowBytes, step: column.step * pixel };
      const phase: Correlation = { batch, rows: row.axis, columns: column.axis, channels };
      sweeps.push({
        sweep: complete(phase, layout, -row.tapStep * tapRow, -column.tapStep * pixel, { row: 0, column: 0 }),
        firstTap: lastTap(row) * tapRow + lastTap(column) * pixel,
        firstPixel: row.first * rowBytes + column.first * pixel,
      });
    }
  }
  return sweeps;
}

function lastTap({ axis, firstTap, tapStep }: Phase): number {
  return firstTap + (axis.taps - 1) * tapStep;
}

function complete(
  c: Correlation,
  layout: Layout,
  filterRow: number,
  filterTap: number,
  start: Pick<Start, 'row' | 'column'>,
): Sweep {
  const copy = borderIsLong(c) ? planCopy(c, layout, start) : undefined;
  const [rows, columns] = [c.rows, c.columns].map((axis) => ({ ...axis, length: reach(axis), before: 0 }));
  const correlation = copy === undefined ? c : ({ ...c, batch: 1, rows, columns } as Correlation);
  const inputPixel = copy?.targetPixel ?? 4 * c.channels;
  const sweep = { correlation, layout, filterRow, filterTap, inputPixel, copy, sections: [] };
  const sections = cut(correlation, joinedColumns(correlation, layout)).map((section) => {
    return { ...section, walk: packWalk(walkOf(sweep, section, start)), slot: 0 };
  });
  return { ...sweep, sections };
}

/** Whether so many windows reach over the sides of the images that a copy with room around it pays. */
function borderIsLong(c: Correlation): boolean {
  const { begin, end } = inside(c);
  const { windows, taps } = c.columns;
  return taps > 1 && 4 * (windows - (end - begin)) > windows;
}

function planCopy(c: Correlation, layout: Layout, start: Pick<Start, 'row'>): ImageCopy {
  const { batch, rows, columns, channels } = c;
  const pixel = 4 * channels;
  const [y, x] = [visible(rows), visible(columns)];
  // Pixels a multiple of this apart compete for few places of the first cache.
  const targetPixel = pixel % 1024 === 0 ? pixel + 64 : pixel;
  const [inputRow, targetRow] = [columns.length * pixel, reach(columns) * targetPixel];
  return {
    images: batch,
    inputImage: rows.length * inputRow,
    outputImage: layout.image,
    startImage: start.row * rows.windows * columns.windows,
    from: y.from * inputRow + x.from * pixel,
    inputRow,
    to: y.to * targetRow + x.to * targetPixel,
    targetRow,
    rows: y.count,
    columns: x.count,
    channels,
    targetPixel,
    targetBytes: reach(rows) * targetRow,
  };
}

/** Below so many channels that do not fill vectors, windows are joined if there are enough of them. */
const fewChannels = 16;
const manyWindows = 128;

/** How many neighbouring windows should be taken as one, so that few channels fill vectors. */
function joinedColumns({ batch, rows, columns, channels }: Correlation, { step }: Layout): number {
  const dense = columns.stride === 1 && step === 4 * channels;
  if (!dense || channels === 0 || channels >= fewChannels || channels % 4 === 0) return 1;
  if (batch * rows.windows * columns.windows < manyWindows) return 1;
  return channels % 2 === 0 ? 2 : 4;
}

/** The columns of windows: those that can be joined, and what is before and behind them; or pieces of the channels. */
function cut(c: Correlation, joined: number): readonly Omit<Section, 'walk' | 'slot'>[] {
  const { windows } = c.columns;
  const { begin, end } = inside(c);
  const below = begin + Math.floor((end - begin) / joined) * joined;
  const all = { channelBytes: 0, channels: c.channels };
  if (joined === 1 || below === begin) {
    return channelPieces(c).map((piece) => ({ from: 0, below: windows, joined: 1, ...piece }));
  }
  return [
    { from: 0, below: begin, joined: 1, ...all },
    { from: begin, below, joined, ...all },
    { from: below, below: windows, joined: 1, ...all },
  ].filter((section) => section.from < section.below);
}

/** A filter should stay in the first cache: this is how much of it is worked with at a time. */
const filterBytes = 8 * 1024;

function channelPieces({
  rows,
  columns,
  channels,
}: Correlation): readonly Pick<Section, 'channelBytes' | 'channels'>[] {
  const most = Math.max(32, Math.floor(filterBytes / (4 * rows.taps * columns.taps)) & -16);
  const pieces = [];
  for (let first = 0; first < channels; ) {
    const count = evenPiece(first, channels, most, 16);
    pieces.push({ channelBytes: 4 * first, channels: count });
    first += count;
  }
  return pieces;
}

/** The columns of windows that lie inside the images. */
function inside({ columns }: Correlation): { readonly begin: number; readonly end: number } {
  const { length, before, windows, stride, taps, dilation } = columns;
  const first = Math.max(0, Math.ceil(before / stride));
  const last = Math.floor((length - 1 - (taps - 1) * dilation + before) / stride);
  const begin = Math.min(first, windows);
  return { begin, end: Math.max(begin, Math.min(windows, last + 1)) };
}

/** Describes a section for generated code. */
function walkOf(
  { correlation, layout, filterRow, filterTap, inputPixel }: Sweep,
  { from, below, joined, channels: taken }: Omit<Section, 'walk' | 'slot'>,
  start: Pick<Start, 'row' | 'column'>,
): Walk {
  const { batch, rows, columns, channels } = correlation;
  const { begin, end } = inside(correlation);
  const pixel = 4 * channels;
  const inputRow = columns.length * inputPixel;
  const startRow = start.row * columns.windows;
  const clip = (column: number): number => Math.min(Math.max(column, from), below);
  // Joined windows are numbered from the section's begin, their channels are many, and their taps lie one after the other.
  const single = joined === 1;
  const count = (below - from) / joined;
  return {
    images: batch,
    rows: rows.windows,
    columnsBegin: single ? from : 0,
    innerBegin: single ? clip(begin) : 0,
    innerEnd: single ? clip(end) : count,
    columnsEnd: single ? below : count,
    channels: joined * taken,
    imageRows: rows.length,
    // Joined windows need no clipping: this is what an image looks like that all windows lie in.
    imageColumns: single ? columns.length : columns.taps,
    strideRows: rows.stride,
    strideColumns: single ? columns.stride : 0,
    dilationRows: rows.dilation,
    dilationColumns: single ? columns.dilation : 1,
    beforeRows: rows.before,
    beforeColumns: single ? columns.before : 0,
    tapRows: rows.taps,
    tapColumns: columns.taps,
    inputImage: rows.length * inputRow,
    inputRow,
    inputStep: joined * columns.stride * inputPixel,
    inputTap: columns.dilation * inputPixel,
    inputOrigin: ((single ? 0 : from * columns.stride) - columns.before) * inputPixel,
    outputImage: layout.image,
    outputRow: layout.row,
    outputStep: joined * layout.step,
    filterRow: single ? filterRow : columns.taps * joined * pixel,
    filterTap: single ? filterTap : joined * pixel,
    startImage: startRow * rows.windows,
    startRow,
    startStep: joined * start.row,
    startChannel: start.column / 4,
  };
}
