import { depthPiece, evenPiece, type LeftOperand, mostDepth, mostRows } from '../contraction/left-operand.ts';
import type { Walk } from '../contraction/micro-kernel.ts';

/** Where the tables of windows are and what they hold. */
export interface WindowTables {
  /** The offsets of the windows' first elements. */
  readonly pixels: number;
  /** The offsets, in a window, of its stretches of elements that follow each other. */
  readonly runs: number;
  /** The elements of such a stretch. */
  readonly runElements: number;
}

/**
 * Windows of images as a left operand, without copying them: a row holds the elements of a window. Walked along columns, it
 * is transposed: a row then holds an element of all windows.
 */
export class WindowLeft implements LeftOperand {
  readonly walk: Walk;
  address = 0;
  table: number;
  tableBytes = 0;
  runs: number;
  runsBytes = 0;
  runLength = 0;
  /** The address to which the tables refer. */
  origin = 0;
  readonly #tables: WindowTables;
  readonly #runOffsets: readonly number[];

  constructor(walk: Walk, tables: WindowTables, runOffsets: readonly number[]) {
    this.walk = walk;
    this.#tables = tables;
    this.#runOffsets = runOffsets;
    this.table = tables.pixels;
    this.runs = tables.runs;
  }

  rowsFrom(first: number, rows: number): number {
    return this.walk === 'rows' ? evenPiece(first, rows, mostRows, 24) : this.#inRun(first, mostRows);
  }

  depthFrom(first: number, depth: number): number {
    if (this.walk === 'columns') return depthPiece(this.walk, first, depth);
    const { runElements } = this.#tables;
    if (runElements > mostDepth) return this.#inRun(first, mostDepth);
    const runs = evenPiece(first / runElements, depth / runElements, Math.floor(mostDepth / runElements), 1);
    return runs * runElements;
  }

  /** A piece of the stretch that `first` is in. */
  #inRun(first: number, most: number): number {
    const { runElements } = this.#tables;
    return evenPiece(first % runElements, runElements, most, 24);
  }

  point(firstRow: number, _rows: number, firstDepth: number, depth: number): void {
    const { pixels, runs, runElements } = this.#tables;
    const [element, window] = this.walk === 'rows' ? [firstDepth, firstRow] : [firstRow, firstDepth];
    const run = Math.floor(element / runElements);
    this.address = this.origin + 4 * (element - run * runElements);
    this.table = pixels + 4 * window;
    if (this.walk === 'rows') {
      this.runs = runs + 4 * run;
      this.runsBytes = 4 * Math.max(1, (depth / runElements) | 0);
      this.runLength = 4 * Math.min(depth, runElements);
    } else {
      this.address += this.#runOffsets[run] as number;
      this.tableBytes = 4 * depth;
    }
  }
}
