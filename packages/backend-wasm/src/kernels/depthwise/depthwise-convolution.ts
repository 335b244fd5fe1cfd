import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import { packing } from '../contraction/packing.ts';
import type { Start } from '../contraction/product.ts';
import type { Correlation } from '../convolution/correlation.ts';
import { imageFunctions } from '../convolution/image-functions.ts';
import { Scratch } from '../convolution/scratch.ts';
import { correlation as correlationName } from './emit-correlation.ts';
import { filterGradient as filterGradientName } from './emit-filter-gradient.ts';
import { repetition } from './emit-repetition.ts';
import { type ImageCopy, type InputSweep, planInputSweeps, planSweep, type Section, type Sweep } from './sweep.ts';
import { walkBytes } from './walk.ts';

/** Results below and above become these. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** How many descriptions of walks stay in memory. */
const slots = 64;

const noLimits: Limits = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Where results go and what they begin with. */
interface Results {
  readonly output: number;
  readonly start: Start;
  readonly limits: Limits;
}

/** Convolutions of every channel on its own, and their gradients. Results have `multiplier` channels for one of the input. */
export class DepthwiseConvolution {
  readonly #runtime: Runtime;
  readonly #scratch: Scratch;
  readonly #walks: number;
  readonly #placed: Section[] = [];
  #nextSlot = 0;
  readonly #zeros: Start;
  readonly #correlate: GeneratedFunction;
  readonly #filterGradient: GeneratedFunction;
  readonly #repeat: GeneratedFunction;
  readonly #sumRepeated: GeneratedFunction;
  readonly #sumRows: GeneratedFunction;
  readonly #fillZeros: GeneratedFunction;
  readonly #copyBlock: GeneratedFunction;
  readonly #sweeps = new Plans<Sweep>();
  readonly #inputSweeps = new Plans<readonly InputSweep[]>();

  constructor(runtime: Runtime) {
    const { heap, generated } = runtime;
    this.#runtime = runtime;
    this.#scratch = new Scratch(heap);
    this.#walks = heap.reserve(slots * walkBytes);
    this.#correlate = generated(correlationName);
    this.#filterGradient = generated(filterGradientName);
    this.#repeat = generated(repetition.repeat);
    this.#sumRepeated = generated(repetition.sum);
    this.#sumRows = generated('Sum/float32');
    this.#fillZeros = generated(imageFunctions.zeros);
    this.#copyBlock = generated(packing.block);
    this.#zeros = { address: heap.reserve(64), row: 0, column: 0 };
    this.#fillZeros(this.#zeros.address, 64);
  }

  /** Begins with zeros. */
  get zeros(): Start {
    return this.#zeros;
  }

  /**
   * Multiplies all windows with a filter.
   *
   * @param x The address of the images.
   * @param filter The address of the filter: [rows.taps, columns.taps, channels, multiplier].
   * @param output The address of the results: [windows, channels · multiplier].
   */
  forward(
    c: Correlation,
    multiplier: number,
    x: number,
    filter: number,
    output: number,
    start: Start,
    limits: Limits = noLimits,
  ): void {
    const sweep = this.#sweepOf(c, multiplier, start);
    if (multiplier === 1) {
      this.#sweep(sweep, x, filter, { output, start, limits });
      return;
    }
    const imageStart = start.row * c.rows.windows * c.columns.windows;
    this.#forRepeatedImages(c, multiplier, x, (image, repeated) => {
      const begin = { ...start, address: start.address + image * imageStart };
      this.#sweep(sweep, repeated, filter, { output: output + image * sweep.layout.image, start: begin, limits });
    });
  }

  /** The gradient by the filter, which looks as the filter does; `dy` is the address of the gradient of the results. */
  filterGradient(c: Correlation, multiplier: number, x: number, dy: number, output: number): void {
    const sweep = this.#sweepOf(c, multiplier, this.#zeros);
    this.#fillZeros(output, c.rows.taps * sweep.filterRow);
    if (multiplier === 1) {
      this.#addToFilter(sweep, x, dy, output);
      return;
    }
    this.#forRepeatedImages(c, multiplier, x, (image, repeated) => {
      this.#addToFilter(sweep, repeated, dy + image * sweep.layout.image, output);
    });
  }

  /** The gradient by the images, which looks as they do; `dy` is the address of the gradient of the results. */
  inputGradient(c: Correlation, multiplier: number, dy: number, filter: number, output: number): void {
    const sweeps = this.#inputSweeps.find(c, 0, () => planInputSweeps(repeatedChannels(c, multiplier)));
    const complete = sweeps.length === c.rows.stride * c.columns.stride;
    const pixels = c.rows.length * c.columns.length;
    const run = (slopes: number, target: number, bytes: number): void => {
      if (!complete) this.#fillZeros(target, bytes);
      for (const { sweep, firstTap, firstPixel } of sweeps) {
        const results = { output: target + firstPixel, start: this.#zeros, limits: noLimits };
        this.#sweep(sweep, slopes, filter + firstTap, results);
      }
    };
    if (multiplier === 1) {
      run(dy, output, 4 * c.batch * pixels * c.channels);
      return;
    }
    const repeatedBytes = 4 * pixels * c.channels * multiplier;
    const slopesBytes = 4 * c.rows.windows * c.columns.windows * c.channels * multiplier;
    this.#scratch.use(repeatedBytes, (repeated) => {
      for (let image = 0; image < c.batch; image++) {
        run(dy + image * slopesBytes, repeated, repeatedBytes);
        this.#sumRepeated(repeated, output + 4 * image * pixels * c.channels, pixels * c.channels, multiplier);
      }
    });
  }

  #sweepOf(c: Correlation, multiplier: number, { row, column }: Start): Sweep {
    const plan = (): Sweep => planSweep(repeatedChannels(c, multiplier), { row, column });
    // A result begins with zeros, with a number, with a row of them or with as many as it has.
    return this.#sweeps.find(c, row === 0 ? column : 1, plan);
  }

  /** Runs code for every image of a batch, with each of its channels repeated. */
  #forRepeatedImages(c: Correlation, times: number, x: number, body: (image: number, address: number) => void): void {
    const elements = c.rows.length * c.columns.length * c.channels;
    this.#scratch.use(4 * elements * times + 16, (repeated) => {
      for (let image = 0; image < c.batch; image++) {
        this.#repeat(x + 4 * image * elements, repeated, elements, times);
        body(image, repeated);
      }
    });
  }

  #sweep(sweep: Sweep, x: number, filter: number, results: Results): void {
    const { copy } = sweep;
    if (copy === undefined) {
      this.#sweepSections(sweep, x, filter, results);
      return;
    }
    const { output, start, limits } = results;
    this.#forCopies(copy, x, (image, copied) => {
      const begin = { ...start, address: start.address + image * copy.startImage };
      this.#sweepSections(sweep, copied, filter, { output: output + image * copy.outputImage, start: begin, limits });
    });
  }

  #copyImage({ inputRow, targetRow, rows, columns, channels, targetPixel }: ImageCopy, from: number, to: number): void {
    const pixel = 4 * channels;
    if (targetPixel === pixel) {
      this.#copyBlock(from, inputRow, to, targetRow, rows, columns * channels);
      return;
    }
    for (let row = 0; row < rows; row++) {
      this.#copyBlock(from + row * inputRow, pixel, to + row * targetRow, targetPixel, columns, channels);
    }
  }

  #sweepSections(sweep: Sweep, x: number, filter: number, results: Results): void {
    const { output, start, limits } = results;
    for (const section of sweep.sections) {
      if (section.joined > 1) {
        this.#sweepJoined(sweep, section, x, filter, results);
        continue;
      }
      const at = section.channelBytes;
      const begin = start.address + (start.column === 0 ? 0 : at);
      this.#correlate(x + at, filter + at, output + at, begin, limits.low, limits.high, this.#place(section));
    }
  }

  /** Runs code for every image of a batch, each copied to a place with zeros around it. */
  #forCopies(copy: ImageCopy, x: number, body: (image: number, address: number) => void): void {
    this.#scratch.use(copy.targetBytes, (target) => {
      this.#fillZeros(target, copy.targetBytes);
      for (let image = 0; image < copy.images; image++) {
        this.#copyImage(copy, x + image * copy.inputImage + copy.from, target + copy.to);
        body(image, target);
      }
    });
  }

  /** A filter for joined windows has each tap once for every one of them. */
  #sweepJoined(sweep: Sweep, section: Section, x: number, filter: number, { output, start, limits }: Results): void {
    const { rows, columns, channels } = sweep.correlation;
    const { joined, from } = section;
    const bytes = 4 * channels * joined;
    const even = sweep.filterRow === columns.taps * sweep.filterTap;
    const [tapRows, tapColumns] = even ? [1, rows.taps * columns.taps] : [rows.taps, columns.taps];
    this.#scratch.use((rows.taps * columns.taps + 1) * bytes, (joinedFilter) => {
      for (let y = 0; y < tapRows; y++) {
        const to = joinedFilter + y * tapColumns * bytes;
        this.#copyJoined(filter + y * sweep.filterRow, sweep.filterTap, to, tapColumns, channels, joined);
      }
      // What all windows begin with is repeated; what is there for each of them lies one after the other already.
      const alike = start.column > 0 && start.row === 0;
      const joinedStart = joinedFilter + rows.taps * columns.taps * bytes;
      if (alike) this.#copyJoined(start.address, 0, joinedStart, 1, channels, joined);
      const begin = alike ? joinedStart : start.address + from * start.row;
      const to = output + from * sweep.layout.step;
      this.#correlate(x, joinedFilter, to, begin, limits.low, limits.high, this.#place(section));
    });
  }

  #copyJoined(source: number, sourceRow: number, target: number, rows: number, channels: number, joined: number): void {
    for (let i = 0; i < joined; i++) {
      this.#copyBlock(source, sourceRow, target + 4 * i * channels, 4 * channels * joined, rows, channels);
    }
  }

  #addToFilter(sweep: Sweep, x: number, dy: number, filter: number): void {
    const { copy } = sweep;
    if (copy === undefined) {
      this.#addSections(sweep, x, dy, filter);
      return;
    }
    this.#forCopies(copy, x, (image, copied) => {
      this.#addSections(sweep, copied, dy + image * copy.outputImage, filter);
    });
  }

  #addSections({ correlation, layout, sections }: Sweep, x: number, dy: number, filter: number): void {
    const { rows, columns, channels } = correlation;
    const [taps, pixel] = [rows.taps * columns.taps, 4 * channels];
    for (const section of sections) {
      const { joined, from, channelBytes: at } = section;
      if (joined === 1) {
        this.#filterGradient(x + at, dy + at, filter + at, this.#place(section));
        continue;
      }
      this.#scratch.use(taps * joined * pixel, (sums) => {
        this.#fillZeros(sums, taps * joined * pixel);
        // What is in the filter already is the first summand.
        this.#copyBlock(filter, pixel, sums, joined * pixel, taps, channels);
        this.#filterGradient(x, dy + from * layout.step, sums, this.#place(section));
        this.#sumRows(sums, filter, taps, joined, channels);
      });
    }
  }

  /** The address of a section's description, which stays in memory until many others have been put there. */
  #place(section: Section): number {
    if (this.#placed[section.slot] !== section) {
      section.slot = this.#nextSlot;
      this.#nextSlot = (this.#nextSlot + 1) % slots;
      this.#placed[section.slot] = section;
      this.#runtime.heap.integers(this.#walks + section.slot * walkBytes, section.walk.length).set(section.walk);
    }
    return this.#walks + section.slot * walkBytes;
  }
}

function repeatedChannels(c: Correlation, times: number): Correlation {
  return times === 1 ? c : { ...c, batch: 1, channels: c.channels * times };
}

/** Remembers what was planned for windows. */
class Plans<T> {
  readonly #known = new WeakMap<Correlation, Map<number, T>>();

  find(c: Correlation, variant: number, make: () => T): T {
    const found = this.#known.get(c)?.get(variant);
    if (found !== undefined) return found;
    const made = make();
    this.#known.set(c, (this.#known.get(c) ?? new Map<number, T>()).set(variant, made));
    return made;
  }
}
