import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import { packing } from '../contraction/packing.ts';
import { type Correlation, reach } from './correlation.ts';
import { imageFunctions } from './image-functions.ts';
import type { Layout } from './layout.ts';
import type { Scratch } from './scratch.ts';

/** Windows that follow each other: some rows of them, in one image or in several. */
export interface Band {
  /** The address of the first window's first element, whether it is in the image or in a copy with room around it. */
  readonly origin: number;
  /** The first window in the order of all windows. */
  readonly first: number;
  readonly images: number;
  /** The rows of windows in each image. */
  readonly rows: number;
}

/** Goes through images, some images or some rows of an image at a time. */
export class Bands {
  readonly #scratch: Scratch;
  readonly #fillZeros: GeneratedFunction;
  readonly #copyBlock: GeneratedFunction;

  constructor({ generated }: Runtime, scratch: Scratch) {
    this.#scratch = scratch;
    this.#fillZeros = generated(imageFunctions.zeros);
    this.#copyBlock = generated(packing.block);
  }

  /** Calls a function for one band after the other of the images at `x`. */
  forEach(layout: Layout, x: number, body: (band: Band) => void): void {
    const { correlation, copied, rowBytes, imageBytes, images, bandRows } = layout;
    const { batch, rows, columns, channels } = correlation;
    const copyBytes = copied ? images * imageBytes + 64 : 0;
    this.#scratch.use(copyBytes, (copy) => {
      if (copied) this.#fillZeros(copy, copyBytes);
      for (let image = 0; image < batch; image += images) {
        const count = Math.min(images, batch - image);
        const source = x + 4 * image * rows.length * columns.length * channels;
        if (copied) this.#copyImages(layout, source, copy, count);
        for (let row = 0; row < rows.windows; row += bandRows) {
          body({
            origin: (copied ? copy : source) + row * rows.stride * rowBytes,
            first: (image * rows.windows + row) * columns.windows,
            images: count,
            rows: Math.min(bandRows, rows.windows - row),
          });
        }
      }
    });
  }

  #copyImages({ correlation, rowBytes, imageBytes }: Layout, source: number, target: number, count: number): void {
    const { rows, columns, channels } = correlation;
    const [y, x] = [visible(rows), visible(columns)];
    if (y.count <= 0 || x.count <= 0) return;
    const sourceRow = 4 * columns.length * channels;
    for (let image = 0; image < count; image++) {
      const from = source + (image * rows.length + y.from) * sourceRow + 4 * x.from * channels;
      const to = target + image * imageBytes + y.to * rowBytes + 4 * x.to * channels;
      this.#copyBlock(from, sourceRow, to, rowBytes, y.count, x.count * channels);
    }
  }
}

/** The part of an axis that windows can see: from which position to which place of the copy, and how many positions. */
function visible(axis: Correlation['rows']): { readonly from: number; readonly to: number; readonly count: number } {
  const from = Math.max(0, -axis.before);
  const to = Math.max(0, axis.before);
  return { from, to, count: Math.min(axis.length - from, reach(axis) - to) };
}
