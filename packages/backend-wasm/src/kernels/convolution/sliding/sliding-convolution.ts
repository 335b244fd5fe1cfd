import type { GeneratedFunction, Runtime } from '../../../runtime/runtime.ts';
import type { Start } from '../../contraction/product.ts';
import { type Band, Bands } from '../bands.ts';
import type { Correlation, WindowAxis } from '../correlation.ts';
import { imageFunctions } from '../image-functions.ts';
import { type Layout, layOut } from '../layout.ts';
import type { Scratch } from '../scratch.ts';
import { sliding } from './emit-sliding.ts';
import { groupWindows, type SlidingTaps, slidingTaps } from './lines.ts';

/** The channels of a result must be a multiple of this: the filter is read in panels. */
const panelChannels = 8;
/** The channels that are summed must be a multiple of this. */
const vectorChannels = 4;

/** Convolutions whose windows slide by one column, with one channel on one side and many on the other. */
export class SlidingConvolution {
  readonly #bands: Bands;
  readonly #scratch: Scratch;
  readonly #fillZeros: GeneratedFunction;
  readonly #square: GeneratedFunction;
  /** By the columns of a filter. */
  readonly #functions: Readonly<Record<'fromOne' | 'toOne' | 'filter', ReadonlyMap<number, GeneratedFunction>>>;

  constructor(runtime: Runtime, scratch: Scratch) {
    const { generated } = runtime;
    this.#bands = new Bands(runtime, scratch);
    this.#scratch = scratch;
    this.#fillZeros = generated(imageFunctions.zeros);
    this.#square = generated(sliding.fromOneSquare);
    const byTaps = (nameOf: (taps: SlidingTaps) => string) =>
      new Map<number, GeneratedFunction>(slidingTaps.map((taps) => [taps, generated(nameOf(taps))]));
    this.#functions = {
      fromOne: byTaps(sliding.fromOne),
      toOne: byTaps(sliding.toOne),
      filter: byTaps(sliding.filter),
    };
  }

  /** Whether `forward` can begin with one channel, and `filterGradient` can be taken. */
  isFromOne({ columns, channels }: Correlation, outChannels: number): boolean {
    return channels === 1 && outChannels % panelChannels === 0 && this.#slides(columns);
  }

  /** Whether `forward` can end with one channel. */
  isToOne({ columns, channels }: Correlation, outChannels: number): boolean {
    return outChannels === 1 && channels % vectorChannels === 0 && this.#slides(columns);
  }

  #slides({ stride, dilation, taps, windows }: WindowAxis): boolean {
    return stride === 1 && dilation === 1 && windows >= groupWindows && this.#functions.filter.has(taps);
  }

  /** All windows times a filter in panels of eight channels, [taps, 8]; all windows begin alike. */
  fromOne(
    correlation: Correlation,
    x: number,
    panels: number,
    outChannels: number,
    output: number,
    start: Start,
  ): void {
    const isSquare = correlation.rows.taps === 3 && correlation.columns.taps === 3;
    const run = isSquare ? this.#square : (this.#functions.fromOne.get(correlation.columns.taps) as GeneratedFunction);
    const layout = layOut(correlation);
    const panelBytes = 32 * correlation.rows.taps * correlation.columns.taps;
    this.#bands.forEach(layout, x, (band) => {
      const to = output + 4 * band.first * outChannels;
      const walk = walkOf(layout, band, outChannels);
      run(...walk, panels, outChannels / 8, panelBytes, to, start.address, 8 * start.column);
    });
  }

  /** All windows times a filter [taps, channels]; all windows begin with the same number. */
  toOne(
    { batch, rows, columns, channels }: Correlation,
    x: number,
    filter: number,
    output: number,
    start: Start,
  ): void {
    const run = this.#functions.toOne.get(columns.taps) as GeneratedFunction;
    const pixelBytes = 4 * channels;
    this.#scratch.use(pixelBytes, (zeros) => {
      this.#fillZeros(zeros, pixelBytes);
      const images = [x, batch, rows.length, columns.length, pixelBytes];
      const windows = [columns.windows, rows.windows, columns.before, rows.before, rows.stride];
      run(...images, ...windows, rows.dilation, rows.taps, zeros, filter, output, start.address);
    });
  }

  /** The gradient by a filter from one channel. */
  filterGradient(correlation: Correlation, x: number, dy: number, outChannels: number, output: number): void {
    const { rows, columns } = correlation;
    const run = this.#functions.filter.get(columns.taps) as GeneratedFunction;
    const layout = layOut(correlation);
    this.#fillZeros(output, 4 * rows.taps * columns.taps * outChannels);
    this.#bands.forEach(layout, x, (band) => {
      const slopes = dy + 4 * band.first * outChannels;
      run(...walkOf(layout, band, outChannels), slopes, outChannels / 8, output);
    });
  }
}

/** What all functions begin with: `pixelChannels` are those of the side with many. */
function walkOf({ correlation, rowBytes, imageBytes }: Layout, band: Band, pixelChannels: number): readonly number[] {
  const { rows, columns } = correlation;
  const lineBytes = rows.stride * rowBytes;
  const tapRowBytes = rows.dilation * rowBytes;
  const { origin, images, rows: lines } = band;
  return [origin, images, imageBytes, lines, lineBytes, columns.windows, rows.taps, tapRowBytes, 4 * pixelChannels];
}
