import type { GeneratedFunction, Runtime } from '../../../runtime/runtime.ts';
import { packing } from '../../contraction/packing.ts';
import type { Start } from '../../contraction/product.ts';
import type { Band, Bands } from '../bands.ts';
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
  readonly #packPanels: GeneratedFunction;
  readonly #copyBlock: GeneratedFunction;
  readonly #square: GeneratedFunction;
  /** By the columns of a filter. */
  readonly #functions: Readonly<Record<'fromOne' | 'toOne' | 'filter', ReadonlyMap<number, GeneratedFunction>>>;

  constructor({ generated }: Runtime, scratch: Scratch, bands: Bands) {
    this.#bands = bands;
    this.#packPanels = generated(packing.panels);
    this.#copyBlock = generated(packing.block);
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

  /**
   * All windows times a filter [taps · channels, outChannels], if they slide and all begin alike.
   *
   * @returns Whether it was done.
   */
  forward(
    correlation: Correlation,
    x: number,
    filter: number,
    outChannels: number,
    output: number,
    start: Start,
  ): boolean {
    if (start.row !== 0) return false;
    if (this.#isToOne(correlation, outChannels)) this.#toOne(correlation, x, filter, output, start);
    else if (this.#isFromOne(correlation, outChannels)) {
      this.#fromOne(correlation, x, filter, outChannels, output, start);
    } else return false;
    return true;
  }

  /**
   * The gradient by a filter from one channel, if windows slide.
   *
   * @returns Whether it was done.
   */
  filterGradient(correlation: Correlation, x: number, dy: number, outChannels: number, output: number): boolean {
    if (!this.#isFromOne(correlation, outChannels)) return false;
    const { rows, columns } = correlation;
    const run = this.#functions.filter.get(columns.taps) as GeneratedFunction;
    const layout = layOut(correlation);
    this.#fillZeros(output, 4 * rows.taps * columns.taps * outChannels);
    this.#bands.forEach(layout, x, (band) => {
      const slopes = dy + 4 * band.first * outChannels;
      run(...walkOf(layout, band, outChannels), slopes, outChannels / panelChannels, output);
    });
    return true;
  }

  #isFromOne({ columns, channels }: Correlation, outChannels: number): boolean {
    return channels === 1 && outChannels % panelChannels === 0 && this.#slides(columns);
  }

  #isToOne({ columns, channels }: Correlation, outChannels: number): boolean {
    return outChannels === 1 && channels % vectorChannels === 0 && this.#slides(columns);
  }

  #slides({ stride, dilation, taps, windows }: WindowAxis): boolean {
    return stride === 1 && dilation === 1 && windows >= groupWindows && this.#functions.filter.has(taps);
  }

  #fromOne(
    correlation: Correlation,
    x: number,
    filter: number,
    outChannels: number,
    output: number,
    start: Start,
  ): void {
    const isSquare = correlation.rows.taps === 3 && correlation.columns.taps === 3;
    const run = isSquare ? this.#square : (this.#functions.fromOne.get(correlation.columns.taps) as GeneratedFunction);
    const layout = layOut(correlation);
    const taps = correlation.rows.taps * correlation.columns.taps;
    const count = outChannels / panelChannels;
    this.#scratch.use(4 * taps * outChannels, (panels) => {
      this.#packPanels(filter, 4 * outChannels, taps, panels, count);
      this.#bands.forEach(layout, x, (band) => {
        const to = output + 4 * band.first * outChannels;
        const walk = walkOf(layout, band, outChannels);
        run(...walk, panels, count, 32 * taps, to, start.address, 8 * start.column);
      });
    });
  }

  #toOne(
    { batch, rows, columns, channels }: Correlation,
    x: number,
    filter: number,
    output: number,
    start: Start,
  ): void {
    const run = this.#functions.toOne.get(columns.taps) as GeneratedFunction;
    const pixelBytes = 4 * channels;
    this.#scratch.use(pixelBytes * (1 + rows.taps * columns.taps), (zeros) => {
      this.#fillZeros(zeros, pixelBytes);
      const weights = zeros + pixelBytes;
      this.#interleave(filter, rows.taps, columns.taps, pixelBytes, weights);
      const images = [x, batch, rows.length, columns.length, pixelBytes];
      const windows = [columns.windows, rows.windows, columns.before, rows.before, rows.stride];
      run(...images, ...windows, rows.dilation, rows.taps, zeros, weights, output, start.address);
    });
  }

  /** Writes [tapRows, taps, channels] as [tapRows, channels / 4, taps, 4]. */
  #interleave(filter: number, tapRows: number, taps: number, pixelBytes: number, to: number): void {
    for (let tap = 0; tap < tapRows * taps; tap++) {
      const inRow = tap % taps;
      const target = to + (tap - inRow) * pixelBytes + 16 * inRow;
      this.#copyBlock(filter + tap * pixelBytes, 16, target, 16 * taps, pixelBytes / 16, 4);
    }
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
