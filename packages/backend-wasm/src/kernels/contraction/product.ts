import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { LeftOperand } from './left-operand.ts';
import { microKernelName } from './micro-kernel.ts';
import { packing } from './packing.ts';

/** The right operand of a product. */
export interface RightOperand {
  readonly address: number;
  /** The bytes from row to row as it is stored. */
  readonly stride: number;
  readonly transposed: boolean;
  /** Where `packRight` has put it; the fields above do not matter then. */
  readonly packed?: number;
}

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

/** The bytes of packed panels that are worked on at a time. */
const chunkBytes = 32 * 1024;
/** Right operands above this size are packed piece by piece, again for every block of rows. */
const mostPackedBytes = 4 * 1024 * 1024;
/** A right operand that is as tall is packed although it is not transposed, when there are as many rows to gain by it. */
const packDepth = 32;
const packRows = 96;
const mostBlockRows = 1024;

/** Multiplies matrices with the generated functions. */
export class MatrixProduct {
  readonly #runtime: Runtime;
  readonly #tileRows: number;
  /** By columns (eight, four), then by rows. */
  readonly #alongRows: readonly (readonly GeneratedFunction[])[];
  readonly #alongColumns: readonly (readonly GeneratedFunction[])[];
  readonly #pack: GeneratedFunction;
  readonly #packTransposed: GeneratedFunction;
  readonly #packEdge: GeneratedFunction;
  readonly #copyColumns: GeneratedFunction;
  readonly #chunk: number;
  readonly #edgePanel: number;
  readonly #edgeResult: number;
  readonly #edgeStart: number;
  /** Begins with zeros. */
  readonly zeros: Start;

  constructor(runtime: Runtime) {
    const { heap, generated, target } = runtime;
    this.#runtime = runtime;
    this.#tileRows = target.tile.rows;
    const functions = (walk: 'rows' | 'columns') =>
      [8, 4].map((columns) =>
        Array.from({ length: this.#tileRows + 1 }, (_, rows) => generated(microKernelName(walk, Math.max(rows, 1), columns))),
      );
    this.#alongRows = functions('rows');
    this.#alongColumns = functions('columns');
    this.#pack = generated(packing.panels);
    this.#packTransposed = generated(packing.transposedPanels);
    this.#packEdge = generated(packing.edge);
    this.#copyColumns = generated(packing.columns);
    this.#chunk = heap.reserve(chunkBytes);
    this.#edgePanel = heap.reserve(32 * 512);
    this.#edgeResult = heap.reserve(32 * mostBlockRows);
    this.#edgeStart = heap.reserve(64);
    this.zeros = { address: heap.reserve(64), row: 0, column: 0 };
    generated(packing.multiples)(this.zeros.address, 0, 16);
  }

  /**
   * Multiplies.
   *
   * @param finished Is called when rows of the result are complete, with the first of them and their number.
   */
  multiply(
    left: LeftOperand,
    right: RightOperand,
    sizes: Sizes,
    output: Output,
    start: Start,
    finished?: (firstRow: number, rows: number) => void,
  ): void {
    const { rows, columns, depth } = sizes;
    const blockRows = left.rowsFrom(0, rows);
    const worthPacking = right.transposed || (depth >= packDepth && rows >= packRows);
    const bytes = packedBytes(sizes);
    if (right.packed === undefined && worthPacking && blockRows < rows && bytes <= mostPackedBytes) {
      this.#runtime.heap.withScratch(bytes, (packed) => {
        this.packRight(right, sizes, left, packed);
        this.multiply(left, { ...right, packed }, sizes, output, start, finished);
      });
      return;
    }
    for (let row = 0; row < rows; ) {
      const count = left.rowsFrom(row, rows);
      for (let k = 0; k < depth; ) {
        const block = left.depthFrom(k, depth);
        left.point(row, count, k, block);
        this.#multiplyBlock(left, right, { rows: count, columns, depth: block }, k, depth, worthPacking, output, start, row);
        k += block;
      }
      finished?.(row, count);
      row += count;
    }
  }

  /** Arranges a right operand in panels for `multiply`: `packedBytes` bytes. */
  packRight(right: RightOperand, { columns, depth }: Sizes, left: LeftOperand, target: number): void {
    const whole = columns & -8;
    const edge = edgeWidth(columns);
    for (let k = 0; k < depth; ) {
      const block = left.depthFrom(k, depth);
      const at = target + 4 * k * (whole + edge);
      if (whole > 0) this.#packPanels(right, k, block, 0, whole / 8, at);
      if (edge > 0) this.#packEdgePanel(right, k, block, columns, at + 4 * block * whole);
      k += block;
    }
  }

  #multiplyBlock(
    left: LeftOperand,
    right: RightOperand,
    block: Sizes,
    firstDepth: number,
    depth: number,
    pack: boolean,
    output: Output,
    start: Start,
    firstRow: number,
  ): void {
    const whole = block.columns & -8;
    const edge = edgeWidth(block.columns);
    const panelBytes = 32 * block.depth;
    const panelsAtATime = Math.max(1, Math.floor(chunkBytes / panelBytes));
    const packedAt = right.packed === undefined ? undefined : right.packed + 4 * firstDepth * (whole + edge);
    const c = output.address + firstRow * output.stride;
    const first = firstDepth === 0;
    const from = first ? start.address + firstRow * start.row : c;
    const fromRow = first ? start.row : output.stride;
    const fromColumn = first ? start.column : 4;
    for (let column = 0; column < whole; column += 8 * panelsAtATime) {
      const panels = Math.min(panelsAtATime, (whole - column) >> 3);
      let [b, bRow, bPanel] = [0, 32, panelBytes];
      if (packedAt !== undefined) b = packedAt + 4 * column * block.depth;
      else if (pack) {
        b = this.#chunk;
        this.#packPanels(right, firstDepth, block.depth, column, panels, b);
      } else {
        [b, bRow, bPanel] = [right.address + firstDepth * right.stride + 4 * column, right.stride, 32];
      }
      const fromAt = from + column * fromColumn;
      this.#tiles(left, block.rows, 8, b, bRow, bPanel, panels, c + 4 * column, output.stride, fromAt, fromRow, 8 * fromColumn);
    }
    if (edge > 0) this.#multiplyEdge(left, right, block, firstDepth, depth, packedAt, c, output.stride, from, fromRow, fromColumn);
  }

  /** The columns behind the last whole panel, by way of a place where a whole panel of results fits. */
  #multiplyEdge(
    left: LeftOperand,
    right: RightOperand,
    block: Sizes,
    firstDepth: number,
    depth: number,
    packedAt: number | undefined,
    c: number,
    cRow: number,
    from: number,
    fromRow: number,
    fromColumn: 0 | 4,
  ): void {
    const { rows, columns } = block;
    const whole = columns & -8;
    const rest = columns - whole;
    const edge = edgeWidth(columns);
    let [b, bRow] = [0, 4 * edge];
    if (packedAt !== undefined) b = packedAt + 4 * whole * block.depth;
    else if (rest === edge && !right.transposed) {
      [b, bRow] = [right.address + firstDepth * right.stride + 4 * whole, right.stride];
    } else {
      b = this.#edgePanel;
      this.#packEdgePanel(right, firstDepth, block.depth, columns, b);
    }
    const fromAt = from + whole * fromColumn;
    if (rest === edge) {
      this.#tiles(left, rows, edge, b, bRow, 0, 1, c + 4 * whole, cRow, fromAt, fromRow, 0);
      return;
    }
    const result = this.#edgeResult;
    let [begin, beginRow] = [fromAt, fromRow];
    if (firstDepth > 0) [begin, beginRow] = [result, 4 * edge];
    else if (fromColumn > 0) {
      [begin, beginRow] = fromRow === 0 ? [this.#edgeStart, 0] : [result, 4 * edge];
      this.#copyColumns(fromAt, fromRow, begin, beginRow, fromRow === 0 ? 1 : rows, rest);
    }
    this.#tiles(left, rows, edge, b, bRow, 0, 1, result, 4 * edge, begin, beginRow, 0);
    if (firstDepth + block.depth === depth) this.#copyColumns(result, 4 * edge, c + 4 * whole, cRow, rows, rest);
  }

  #packPanels(right: RightOperand, k: number, depth: number, column: number, panels: number, target: number): void {
    const { address, stride, transposed } = right;
    if (transposed) this.#packTransposed(address + column * stride + 4 * k, stride, depth, target, panels);
    else this.#pack(address + k * stride + 4 * column, stride, depth, target, panels);
  }

  #packEdgePanel(right: RightOperand, k: number, depth: number, columns: number, target: number): void {
    const { address, stride, transposed } = right;
    const whole = columns & -8;
    const [row, column] = transposed ? [4, stride] : [stride, 4];
    this.#packEdge(address + k * row + whole * column, row, column, depth, columns - whole, target, 4 * edgeWidth(columns));
  }

  /** All rows of a block times panels: whole tiles, and at the end lower ones, which should not be too low. */
  #tiles(
    left: LeftOperand,
    rows: number,
    columns: number,
    b: number,
    bRow: number,
    bPanel: number,
    panels: number,
    c: number,
    cRow: number,
    from: number,
    fromRow: number,
    fromPanel: number,
  ): void {
    const tileRows = this.#tileRows;
    let tiles = Math.floor(rows / tileRows);
    let rest = rows - tiles * tileRows;
    if (rest > 0 && 2 * rest < tileRows && tiles > 0) {
      tiles--;
      rest += tileRows;
    }
    let [row, height, count] = [0, tileRows, tiles];
    while (row < rows) {
      if (count > 0) {
        const at = c + row * cRow;
        const begin = from + row * fromRow;
        if (left.walk === 'rows') {
          const run = this.#alongRows[columns === 8 ? 0 : 1]?.[height] as GeneratedFunction;
          const { address, table, runs, runsBytes, runLength } = left;
          const rowsAt = table + 4 * row;
          run(address, rowsAt, runs, runsBytes, runLength, b, bRow, bPanel, panels, at, cRow, count, begin, fromRow, fromPanel);
        } else {
          const run = this.#alongColumns[columns === 8 ? 0 : 1]?.[height] as GeneratedFunction;
          const { address, table, tableBytes } = left;
          const tile = 4 * height;
          run(address + 4 * row, table, tableBytes, tile, b, bRow, bPanel, panels, at, cRow, count, begin, fromRow, fromPanel);
        }
        row += height * count;
        rest = rows - row;
      }
      height = rest > tileRows ? (rest + 1) >> 1 : rest;
      count = 1;
    }
  }
}

/** The bytes of a right operand in panels. */
export function packedBytes({ columns, depth }: Sizes): number {
  return 4 * depth * ((columns & -8) + edgeWidth(columns));
}

/** How wide the columns behind the last panel of eight are computed: 0, 4 or 8. */
function edgeWidth(columns: number): 0 | 4 | 8 {
  const rest = columns & 7;
  if (rest === 0) return 0;
  return rest <= 4 ? 4 : 8;
}
