import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import { type LeftOperand, mostRows } from './left-operand.ts';
import { packing } from './packing.ts';
import { packedBytes, type RightOperand, RightPanels, restWidth, type Slab } from './right-operand.ts';
import { type Place, Tiles } from './tiles.ts';

/** With what the elements of a result begin: the distances, in bytes, lead from element to element. */
export interface Start {
  readonly address: number;
  readonly row: number;
  readonly column: 0 | 4;
}

/** Where a product's result goes. */
export interface Output {
  readonly address: number;
  /** The bytes from row to row. */
  readonly stride: number;
}

/** The sizes of a product: [rows, depth] · [depth, columns]. */
export interface Sizes {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** Is called when rows of the result are complete, with the first of them and their number. */
export type Finished = (firstRow: number, rows: number) => void;

/** Right operands above this size are packed piece by piece, again for every block of rows. */
const mostPackedBytes = 4 * 1024 * 1024;
/** A right operand that is not transposed is packed when it is as deep and there are as many rows to gain by it. */
const packDepth = 32;
export const packRows = 96;
/** Rows this far apart, or a multiple of it, compete for the same few places of the first cache: they are packed sooner. */
const competingStride = 512;
const packRowsOfCompeting = 64;

/** What a block of a product begins with and where it goes. */
interface BlockPlaces {
  /** Where the block's first row begins. */
  readonly output: Output;
  /** With what the block begins: the start, or the sum so far. */
  readonly from: Start;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Multiplies matrices with the generated functions. */
export class MatrixProduct {
  readonly #runtime: Runtime;
  readonly #tiles: Tiles;
  readonly #panels: RightPanels;
  readonly #copyColumns: GeneratedFunction;
  readonly #restResult: number;
  readonly #restStart: number;
  /** Begins with zeros. */
  readonly zeros: Start;

  constructor(runtime: Runtime) {
    const { heap, generated } = runtime;
    this.#runtime = runtime;
    this.#tiles = new Tiles(runtime);
    this.#panels = new RightPanels(runtime);
    this.#copyColumns = generated(packing.columns);
    this.#restResult = heap.reserve(32 * mostRows);
    this.#restStart = heap.reserve(64);
    this.zeros = { address: heap.reserve(64), row: 0, column: 0 };
    generated(packing.multiples)(this.zeros.address, 0, 16);
  }

  /** Multiplies; the left operand tells the size of the blocks. */
  multiply(
    left: LeftOperand,
    right: RightOperand,
    sizes: Sizes,
    output: Output,
    start: Start,
    finished?: Finished,
  ): void {
    const { rows, columns, depth } = sizes;
    const fewestRows = right.stride % competingStride === 0 ? packRowsOfCompeting : packRows;
    const pack = right.transposed || (depth >= packDepth && rows >= fewestRows);
    const bytes = packedBytes(columns, depth);
    if (pack && right.packed === undefined && left.rowsFrom(0, rows) < rows && bytes <= mostPackedBytes) {
      this.#runtime.heap.withScratch(bytes, (packed) => {
        this.pack(right, columns, depth, left, packed);
        this.multiply(left, { ...right, packed }, sizes, output, start, finished);
      });
      return;
    }
    for (let row = 0; row < rows; ) {
      const count = left.rowsFrom(row, rows);
      const to = { address: output.address + row * output.stride, stride: output.stride };
      const begin = { address: start.address + row * start.row, row: start.row, column: start.column };
      for (let firstDepth = 0; firstDepth < depth; ) {
        const slab = { columns, firstDepth, depth: left.depthFrom(firstDepth, depth) };
        left.point(row, count, firstDepth, slab.depth);
        const isFirst = firstDepth === 0;
        const from = isFirst ? begin : ({ address: to.address, row: to.stride, column: 4 } as const);
        const places = { output: to, from, isFirst, isLast: firstDepth + slab.depth === depth };
        this.#multiplyWhole(left, count, right, slab, places, pack);
        if ((columns & 7) !== 0) this.#multiplyRest(left, count, right, slab, places);
        firstDepth += slab.depth;
      }
      finished?.(row, count);
      row += count;
    }
  }

  /** Arranges a right operand in panels for `multiply`: `packedBytes` bytes at `target`. */
  pack(right: RightOperand, columns: number, depth: number, left: LeftOperand, target: number): void {
    this.#panels.packAll(right, columns, depth, left, target);
  }

  #multiplyWhole(
    left: LeftOperand,
    rows: number,
    right: RightOperand,
    slab: Slab,
    { output, from }: BlockPlaces,
    pack: boolean,
  ): void {
    const whole = slab.columns & -8;
    for (let column = 0; column < whole; ) {
      const panels = this.#panels.wholePanels(right, slab, column, pack);
      const to = { address: output.address + 4 * column, row: output.stride, panel: 32 };
      const begin = { address: from.address + column * from.column, row: from.row, panel: 8 * from.column };
      this.#tiles.multiply(left, rows, panels, to, begin);
      column += 8 * panels.count;
    }
  }

  /** The columns behind the last whole panel, by way of a place where a whole panel of results fits. */
  #multiplyRest(left: LeftOperand, rows: number, right: RightOperand, slab: Slab, places: BlockPlaces): void {
    const { output, from, isFirst, isLast } = places;
    const whole = slab.columns & -8;
    const rest = slab.columns - whole;
    const width = restWidth(slab.columns);
    const panel = this.#panels.restPanel(right, slab);
    const target = output.address + 4 * whole;
    const given = { address: from.address + whole * from.column, row: from.row, panel: 0 };
    if (rest === width) {
      this.#tiles.multiply(left, rows, panel, { address: target, row: output.stride, panel: 0 }, given);
      return;
    }
    const result: Place = { address: this.#restResult, row: 4 * width, panel: 0 };
    let begin: Place = result;
    if (isFirst) begin = from.column === 0 ? given : this.#copyStart(given, result, rows, rest);
    this.#tiles.multiply(left, rows, panel, result, begin);
    if (isLast) this.#copyColumns(result.address, result.row, target, output.stride, rows, rest);
  }

  /** Copies what is less than a panel wide, so that nothing behind it is read. */
  #copyStart(given: Place, result: Place, rows: number, columns: number): Place {
    const copy = given.row === 0 ? { address: this.#restStart, row: 0, panel: 0 } : result;
    this.#copyColumns(given.address, given.row, copy.address, copy.row, given.row === 0 ? 1 : rows, columns);
    return copy;
  }
}
