import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { DenseProduct } from '../contraction/dense-product.ts';
import type { Walk } from '../contraction/micro-kernel.ts';
import { packing } from '../contraction/packing.ts';
import { packRows } from '../contraction/product.ts';
import { packedBytes, type RightOperand } from '../contraction/right-operand.ts';
import type { Phase } from '../convolution/correlation.ts';
import { DirectConvolution, filterWalk, forwardWalk, inputWalk } from '../convolution/direct-convolution.ts';
import { imageFunctions } from '../convolution/image-functions.ts';
import { Scratch } from '../convolution/scratch.ts';
import { WindowLeft } from '../convolution/window-left.ts';
import { type CopyAxis, type CopyGrid, copyGrid, stridesOf } from '../movement/copy-plan.ts';
import { type InputPart, type InputParts, planInputParts } from './input-parts.ts';
import {
  type Axes,
  isPlain,
  layOut,
  type VolumeCorrelation,
  type VolumeLayout,
  visible,
  windowCount,
} from './volumes.ts';

/** Is called for windows that follow each other: the first in the order of all windows, and their number. */
type ForWindows = (left: WindowLeft, firstWindow: number, windows: number) => void;

/** Convolutions over depth, height and width, and their gradients, as products of matrices. */
export class VolumeConvolution {
  readonly #runtime: Runtime;
  readonly #scratch: Scratch;
  readonly #product: DenseProduct;
  readonly #direct: { readonly [K in 'forward' | 'filter' | 'input']: DirectConvolution };
  readonly #fillZeros: GeneratedFunction;
  readonly #copyGrid: CopyGrid;
  readonly #copyBlock: GeneratedFunction;
  readonly #parts = new WeakMap<VolumeCorrelation, InputParts>();

  constructor(runtime: Runtime, product: DenseProduct) {
    this.#runtime = runtime;
    this.#scratch = new Scratch(runtime.heap);
    this.#product = product;
    const direct = (): DirectConvolution => new DirectConvolution(runtime);
    this.#direct = { forward: direct(), filter: direct(), input: direct() };
    this.#fillZeros = runtime.generated(imageFunctions.zeros);
    this.#copyGrid = copyGrid(runtime);
    this.#copyBlock = runtime.generated(packing.block);
  }

  /**
   * Multiplies all windows with a filter.
   *
   * @param x The address of the volumes.
   * @param filter The address of a matrix [taps · channels, outChannels].
   * @param output The address of the results: [windows, outChannels].
   */
  forward(c: VolumeCorrelation, x: number, filter: number, outChannels: number, output: number): void {
    const zeros = this.#product.zeros;
    if (this.#direct.forward.run(c, () => forwardWalk(c, outChannels), x, filter, output, zeros)) return;
    const right = { address: filter, stride: 4 * outChannels, transposed: false };
    if (isPlain(c) || c.channels === 0) {
      const sizes = { rows: windowCount(c), columns: outChannels, depth: c.channels };
      this.#product.multiply({ address: x, stride: 4 * c.channels, transposed: false }, right, sizes, output, zeros);
      return;
    }
    const layout = layOut(c);
    const sizes = { columns: outChannels, depth: layout.runElements * layout.runOffsets.length };
    const packs = windowCount(c) >= packRows;
    this.#scratch.use(packs ? packedBytes(outChannels, sizes.depth) : 0, (packed) => {
      let ready: RightOperand = right;
      this.#forWindows(layout, x, 'rows', (left, first, windows) => {
        if (packs && ready === right) {
          this.#product.matrices.pack(right, outChannels, sizes.depth, left, packed);
          ready = { ...right, packed };
        }
        const to = { address: output + 4 * first * outChannels, stride: 4 * outChannels };
        this.#product.matrices.multiply(left, ready, { rows: windows, ...sizes }, to, zeros);
      });
    });
  }

  /** The gradient by the filter: every element of the windows times the gradient of the results, [windows, outChannels]. */
  filterGradient(c: VolumeCorrelation, x: number, dy: number, outChannels: number, output: number): void {
    const zeros = this.#product.zeros;
    if (this.#direct.filter.run(c, () => filterWalk(c, outChannels), x, dy, output, zeros)) return;
    const stride = 4 * outChannels;
    if (isPlain(c)) {
      const sizes = { rows: c.channels, columns: outChannels, depth: windowCount(c) };
      const left = { address: x, stride: 4 * c.channels, transposed: true };
      this.#product.multiply(left, { address: dy, stride, transposed: false }, sizes, output, zeros);
      return;
    }
    const layout = layOut(c);
    const rows = layout.runElements * layout.runOffsets.length;
    this.#forWindows(layout, x, 'columns', (left, first, windows) => {
      const right = { address: dy + first * stride, stride, transposed: false };
      const start = first === 0 ? zeros : { address: output, row: stride, column: 4 as const };
      const sizes = { rows, columns: outChannels, depth: windows };
      this.#product.matrices.multiply(left, right, sizes, { address: output, stride }, start);
    });
  }

  /**
   * The gradient by the volumes.
   *
   * @param dy The address of the gradient of the results: [windows, outChannels].
   * @param filter The address of the filter: [depth.taps, rows.taps, columns.taps, channels, outChannels].
   * @param output The address of the gradient, which looks as the volumes do.
   */
  inputGradient(c: VolumeCorrelation, dy: number, filter: number, outChannels: number, output: number): void {
    const { batch, axes, channels } = c;
    if (isPlain(c)) {
      const sizes = { rows: windowCount(c), columns: channels, depth: outChannels };
      const left = { address: dy, stride: 4 * outChannels, transposed: false };
      const right = { address: filter, stride: 4 * outChannels, transposed: true };
      this.#product.multiply(left, right, sizes, output, this.#product.zeros);
      return;
    }
    const { parts, complete } = this.#partsOf(c, outChannels);
    if (!complete)
      this.#fillZeros(
        output,
        axes.reduce((product, { length }) => product * length, 4 * batch * channels),
      );
    for (const part of parts) this.#inputPart(c, part, dy, filter, outChannels, output);
  }

  #partsOf(c: VolumeCorrelation, outChannels: number): InputParts {
    const known = this.#parts.get(c);
    if (known !== undefined) return known;
    const made = planInputParts(c, outChannels);
    this.#parts.set(c, made);
    return made;
  }

  #inputPart(
    c: VolumeCorrelation,
    part: InputPart,
    dy: number,
    filter: number,
    outChannels: number,
    output: number,
  ): void {
    const { phases, taps, windows, whole } = part;
    const walk = () => inputWalk(c, phases, outChannels);
    if (this.#direct.input.run(part, walk, dy, filter, output, this.#product.zeros)) return;
    const filterBytes = 4 * taps * c.channels * outChannels;
    this.#scratch.use(filterBytes + 64 + (whole ? 0 : 4 * windows * c.channels), (turned) => {
      this.#turnFilter(c, phases, filter, outChannels, turned);
      const result = whole ? output : (turned + filterBytes + 63) & ~63;
      this.forward(part.correlation, dy, turned, c.channels, result);
      if (!whole) this.#spread(result, phases, c, output);
    });
  }

  /** Writes the taps that a phase takes, the last one first, each with input and output channels exchanged. */
  #turnFilter(
    { axes, channels }: VolumeCorrelation,
    phases: Axes<Phase>,
    filter: number,
    outChannels: number,
    to: number,
  ) {
    const shape = [...phases.map(({ axis }) => axis.taps), outChannels, channels];
    const from = stridesOf([...axes.map(({ taps }) => taps), channels, outChannels]);
    const turned = phases.map(({ tapStep }, i) => -tapStep * (from[i] as number));
    const last = phases.reduce((offset, { axis, firstTap, tapStep }, i) => {
      return offset + (firstTap + (axis.taps - 1) * tapStep) * (from[i] as number);
    }, 0);
    this.#copyGrid(filter + 4 * last, to, axesOf(shape, [...turned, 1, outChannels], stridesOf(shape)), 4);
  }

  /** Writes the results of a phase to their places. */
  #spread(result: number, phases: Axes<Phase>, { batch, axes, channels }: VolumeCorrelation, output: number): void {
    const shape = [batch, ...phases.map(({ axis }) => axis.windows), channels];
    const to = stridesOf([batch, ...axes.map(({ length }) => length), channels]);
    const first = phases.reduce((offset, phase, i) => offset + phase.first * (to[i + 1] as number), 0);
    const apart = to.map((stride, i) => stride * (phases[i - 1]?.step ?? 1));
    this.#copyGrid(result, output + 4 * first, axesOf(shape, stridesOf(shape), apart), 4);
  }

  /** Goes through all windows: some volumes, some slices of a volume or some rows of a slice at a time. */
  #forWindows(layout: VolumeLayout, x: number, walk: Walk, body: ForWindows): void {
    const { correlation, copied, bytes, volumeBytes, volumes, slices, rows, runOffsets, runElements, windowOffsets } =
      layout;
    const { batch, axes, channels } = correlation;
    const [depth, height, width] = axes;
    const sourceBytes = axes.reduce((product, { length }) => product * length, 4 * channels);
    const copyBytes = copied ? volumes * volumeBytes + 64 : 0;
    const windows = windowOffsets.length;
    this.#scratch.use(copyBytes + 4 * (windows + runOffsets.length) + 128, (copy) => {
      const pixels = copy + copyBytes;
      const runs = pixels + 4 * windows + 64;
      this.#runtime.heap.integers(runs, runOffsets.length).set(runOffsets);
      if (copied) this.#fillZeros(copy, copyBytes);
      this.#runtime.heap.integers(pixels, windows).set(windowOffsets);
      const left = new WindowLeft(walk, { pixels, runs, runElements }, runOffsets);
      for (let volume = 0; volume < batch; volume += volumes) {
        const count = Math.min(volumes, batch - volume);
        const source = x + volume * sourceBytes;
        if (copied) this.#copyVolumes(layout, source, copy, count);
        for (let slice = 0; slice < depth.windows; slice += slices) {
          const sliceCount = Math.min(slices, depth.windows - slice);
          for (let row = 0; row < height.windows; row += rows) {
            const rowCount = Math.min(rows, height.windows - row);
            left.origin = (copied ? copy : source) + slice * depth.stride * bytes[0] + row * height.stride * bytes[1];
            const first = ((volume * depth.windows + slice) * height.windows + row) * width.windows;
            body(left, first, count * sliceCount * rowCount * width.windows);
          }
        }
      }
    });
  }

  #copyVolumes({ correlation, bytes, volumeBytes }: VolumeLayout, source: number, target: number, count: number): void {
    const { axes, channels } = correlation;
    const [depth, height, width] = axes;
    const [z, y, x] = [visible(depth), visible(height), visible(width)];
    const sourceRow = 4 * width.length * channels;
    for (let volume = 0; volume < count; volume++) {
      for (let slice = 0; slice < z.count; slice++) {
        const line = (volume * depth.length + z.from + slice) * height.length + y.from;
        const from = source + line * sourceRow + 4 * x.from * channels;
        const to = target + volume * volumeBytes + (z.to + slice) * bytes[0] + y.to * bytes[1] + x.to * bytes[2];
        this.#copyBlock(from, sourceRow, to, bytes[1], y.count, x.count * channels);
      }
    }
  }
}

function axesOf(shape: readonly number[], source: readonly number[], target: readonly number[]): CopyAxis[] {
  return shape.map((length, i) => ({ length, source: source[i] as number, target: target[i] as number }));
}
