import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { Activate } from '../contraction/activation.ts';
import type { DenseProduct } from '../contraction/dense-product.ts';
import type { Walk } from '../contraction/micro-kernel.ts';
import { packing } from '../contraction/packing.ts';
import { packRows, type Start } from '../contraction/product.ts';
import { packedBytes, type RightOperand } from '../contraction/right-operand.ts';
import { Bands } from './bands.ts';
import { type Correlation, inputPhases, type Phase } from './correlation.ts';
import {
  DirectConvolution,
  type DirectWindows,
  filterWalk,
  forwardWalk,
  inputWalk,
  singleAxis,
} from './direct-convolution.ts';
import { imageFunctions } from './image-functions.ts';
import { type Layout, layOut } from './layout.ts';
import { Scratch } from './scratch.ts';
import { SlidingConvolution } from './sliding/sliding-convolution.ts';
import { dotElements, windowDots } from './window-dots.ts';
import { WindowLeft } from './window-left.ts';

/** Is called for windows that follow each other: the first in the order of all windows, and their number. */
type ForWindows = (left: WindowLeft, firstWindow: number, windows: number) => void;

/** Convolutions over height and width, and their gradients, as products of matrices. */
export class Convolution {
  readonly #scratch: Scratch;
  readonly #product: DenseProduct;
  readonly #direct: { readonly [K in 'forward' | 'filter' | 'input']: DirectConvolution };
  readonly #fillZeros: GeneratedFunction;
  readonly #pixels: GeneratedFunction;
  readonly #turnedFilter: GeneratedFunction;
  readonly #copyBlock: GeneratedFunction;
  readonly #windowDots: GeneratedFunction;
  readonly #bands: Bands;
  readonly #sliding: SlidingConvolution;

  constructor(runtime: Runtime, product: DenseProduct) {
    this.#scratch = new Scratch(runtime.heap);
    this.#product = product;
    const direct = (): DirectConvolution => new DirectConvolution(runtime);
    this.#direct = { forward: direct(), filter: direct(), input: direct() };
    this.#fillZeros = runtime.generated(imageFunctions.zeros);
    this.#pixels = runtime.generated(imageFunctions.pixels);
    this.#turnedFilter = runtime.generated(imageFunctions.turnedFilter);
    this.#copyBlock = runtime.generated(packing.block);
    this.#windowDots = runtime.generated(windowDots);
    this.#bands = new Bands(runtime, this.#scratch);
    this.#sliding = new SlidingConvolution(runtime, this.#scratch, this.#bands);
  }

  /**
   * Multiplies all windows with a filter.
   *
   * @param x The address of the images.
   * @param filter The address of a matrix [taps · channels, outChannels].
   * @param output The address of the results: [windows, outChannels].
   */
  forward(
    correlation: Correlation,
    x: number,
    filter: number,
    outChannels: number,
    output: number,
    start: Start,
    activate?: Activate,
  ): void {
    const walk = () => forwardWalk(asVolumes(correlation), outChannels);
    if (this.#direct.forward.run(correlation, walk, x, filter, output, start)) {
      activate?.(output, windowCount(correlation), outChannels);
      return;
    }
    const right = { address: filter, stride: 4 * outChannels, transposed: false };
    if (isPlain(correlation) || correlation.channels === 0) {
      const sizes = { rows: windowCount(correlation), columns: outChannels, depth: correlation.channels };
      const left = { address: x, stride: 4 * correlation.channels, transposed: false };
      this.#product.multiply(left, right, sizes, output, start, activate);
      return;
    }
    if (this.#sliding.forward(correlation, x, filter, outChannels, output, start)) {
      activate?.(output, windowCount(correlation), outChannels);
      return;
    }
    const layout = layOut(correlation);
    if (outChannels === 1 && layout.runElements % dotElements === 0) {
      this.#forwardToOne(layout, x, filter, output, start, activate);
      return;
    }
    const depth = layout.runElements * layout.runOffsets.length;
    const sizes = { columns: outChannels, depth };
    const packs = windowCount(correlation) >= packRows;
    this.#scratch.use(packs ? packedBytes(outChannels, depth) : 0, (packed) => {
      let ready: RightOperand = right;
      this.#forWindows(layout, x, 'rows', (left, first, windows) => {
        if (packs && ready === right) {
          this.#product.matrices.pack(right, outChannels, depth, left, packed);
          ready = { ...right, packed };
        }
        const address = output + 4 * first * outChannels;
        const finished =
          activate && ((row: number, count: number) => activate(address + 4 * row * outChannels, count, outChannels));
        const to = { address, stride: 4 * outChannels };
        const begin = { ...start, address: start.address + first * start.row };
        this.#product.matrices.multiply(left, ready, { rows: windows, ...sizes }, to, begin, finished);
      });
    });
  }

  /** `forward` to one channel: a panel of the product would be nearly empty. */
  #forwardToOne(layout: Layout, x: number, filter: number, output: number, start: Start, activate?: Activate): void {
    const [runCount, runBytes] = [layout.runOffsets.length, 4 * layout.runElements];
    this.#forWindows(layout, x, 'rows', ({ table, runs, origin }, first, windows) => {
      const [to, from] = [output + 4 * first, start.address + first * start.row];
      this.#windowDots(table, windows, origin, runs, runCount, runBytes, filter, to, from, start.row);
      activate?.(to, windows, 1);
    });
  }

  /** The gradient by the filter: every element of the windows times the gradient of the results, [windows, outChannels]. */
  filterGradient(correlation: Correlation, x: number, dy: number, outChannels: number, output: number): void {
    const zeros = this.#product.zeros;
    const walk = () => filterWalk(asVolumes(correlation), outChannels);
    if (this.#direct.filter.run(correlation, walk, x, dy, output, zeros)) return;
    if (isPlain(correlation)) {
      const sizes = { rows: correlation.channels, columns: outChannels, depth: windowCount(correlation) };
      const left = { address: x, stride: 4 * correlation.channels, transposed: true };
      const right = { address: dy, stride: 4 * outChannels, transposed: false };
      this.#product.multiply(left, right, sizes, output, zeros);
      return;
    }
    if (this.#sliding.filterGradient(correlation, x, dy, outChannels, output)) return;
    const layout = layOut(correlation);
    const rows = layout.runElements * layout.runOffsets.length;
    const stride = 4 * outChannels;
    this.#forWindows(layout, x, 'columns', (left, first, windows) => {
      const right = { address: dy + first * stride, stride, transposed: false };
      const start: Start = first === 0 ? zeros : { address: output, row: stride, column: 4 };
      const sizes = { rows, columns: outChannels, depth: windows };
      this.#product.matrices.multiply(left, right, sizes, { address: output, stride }, start);
    });
  }

  /**
   * The gradient by the images.
   *
   * @param dy The address of the gradient of the results: [windows, outChannels].
   * @param filter The address of the filter: [rows.taps, columns.taps, channels, outChannels].
   * @param output The address of the gradient, which looks as the images do.
   */
  inputGradient(correlation: Correlation, dy: number, filter: number, outChannels: number, output: number): void {
    const { batch, rows, columns, channels } = correlation;
    if (isPlain(correlation)) {
      const sizes = { rows: windowCount(correlation), columns: channels, depth: outChannels };
      const left = { address: dy, stride: 4 * outChannels, transposed: false };
      const right = { address: filter, stride: 4 * outChannels, transposed: true };
      this.#product.multiply(left, right, sizes, output, this.#product.zeros);
      return;
    }
    const { phases, complete } = phasesOf(correlation, outChannels);
    if (!complete) this.#fillZeros(output, 4 * batch * rows.length * columns.length * channels);
    for (const phase of phases) this.#inputPhase(correlation, phase, dy, filter, outChannels, output);
  }

  #inputPhase(
    correlation: Correlation,
    { row, column, windows: phase }: InputPhase,
    dy: number,
    filter: number,
    outChannels: number,
    output: number,
  ): void {
    const walk = () => inputWalk(asVolumes(correlation), [singlePhase, row, column], outChannels);
    if (this.#direct.input.run(phase, walk, dy, filter, output, this.#product.zeros)) return;
    const { columns, channels } = correlation;
    const tapBytes = 4 * channels * outChannels;
    const filterBytes = row.axis.taps * column.axis.taps * tapBytes;
    const whole = row.step === 1 && column.step === 1;
    const pixels = windowCount(phase);
    const scratch = filterBytes + 64 + (whole ? 0 : 4 * pixels * channels);
    this.#scratch.use(scratch, (turned) => {
      const lastTap =
        (row.firstTap + (row.axis.taps - 1) * row.tapStep) * columns.taps +
        column.firstTap +
        (column.axis.taps - 1) * column.tapStep;
      this.#turnedFilter(
        filter + lastTap * tapBytes,
        row.axis.taps,
        column.axis.taps,
        -row.tapStep * columns.taps * tapBytes,
        -column.tapStep * tapBytes,
        channels,
        outChannels,
        turned,
      );
      const result = whole ? output : (turned + filterBytes + 63) & ~63;
      this.forward(phase, dy, turned, channels, result, this.#product.zeros);
      if (!whole) this.#spread(result, row, column, correlation, output);
    });
  }

  /** Writes the results of a phase to their places. */
  #spread(
    result: number,
    row: Phase,
    column: Phase,
    { batch, rows, columns, channels }: Correlation,
    output: number,
  ): void {
    const pixel = 4 * channels;
    let from = result;
    for (let image = 0; image < batch; image++) {
      for (let y = 0; y < row.axis.windows; y++) {
        const line = (image * rows.length + row.first + y * row.step) * columns.length + column.first;
        this.#copyBlock(from, pixel, output + line * pixel, column.step * pixel, column.axis.windows, channels);
        from += column.axis.windows * pixel;
      }
    }
  }

  /** Goes through all windows, some images or some rows of an image at a time. */
  #forWindows(layout: Layout, x: number, walk: Walk, body: ForWindows): void {
    const { correlation, rowBytes, imageBytes, images, bandRows, windows, runOffsets, runElements } = layout;
    const { rows, columns, channels } = correlation;
    this.#scratch.use(4 * (windows + runOffsets.length + 16), (pixels) => {
      const runs = pixels + 4 * windows + 64;
      const runColumns = runOffsets.length / rows.taps;
      const runStep = 4 * columns.dilation * channels;
      this.#pixels(runs, 1, rows.taps, runColumns, 0, rows.dilation * rowBytes, runStep);
      this.#pixels(
        pixels,
        images,
        bandRows,
        columns.windows,
        imageBytes,
        rows.stride * rowBytes,
        4 * columns.stride * channels,
      );
      const left = new WindowLeft(walk, { pixels, runs, runElements }, runOffsets);
      this.#bands.forEach(layout, x, (band) => {
        left.origin = band.origin;
        body(left, band.first, band.images * band.rows * columns.windows);
      });
    });
  }
}

function asVolumes({ batch, rows, columns, channels }: Correlation): DirectWindows {
  return { batch, axes: [singleAxis, rows, columns], channels };
}

const singlePhase: Phase = { axis: singleAxis, firstTap: 0, tapStep: 1, first: 0, step: 1 };

/** Whether windows are pixels, all of them. */
function isPlain({ rows, columns }: Correlation): boolean {
  return [rows, columns].every(
    (axis) => axis.taps === 1 && axis.stride === 1 && axis.before === 0 && axis.windows === axis.length,
  );
}

function windowCount({ batch, rows, columns }: Correlation): number {
  return batch * rows.windows * columns.windows;
}

/** The pixels that the same taps reach, and how they see the gradient of the results. */
interface InputPhase {
  readonly row: Phase;
  readonly column: Phase;
  readonly windows: Correlation;
}

interface InputPhases {
  readonly phases: readonly InputPhase[];
  /** Whether every pixel is in one. */
  readonly complete: boolean;
}

const phasesFound = new WeakMap<Correlation, InputPhases>();

function phasesOf(correlation: Correlation, outChannels: number): InputPhases {
  const known = phasesFound.get(correlation);
  if (known !== undefined) return known;
  const { batch, rows, columns } = correlation;
  const [rowPhases, columnPhases] = [inputPhases(rows), inputPhases(columns)];
  const complete = rowPhases.length === rows.stride && columnPhases.length === columns.stride;
  const phases = rowPhases.flatMap((row) =>
    columnPhases.map((column) => {
      const windows = { batch, rows: row.axis, columns: column.axis, channels: outChannels };
      return { row, column, windows };
    }),
  );
  const found = { phases, complete };
  phasesFound.set(correlation, found);
  return found;
}
