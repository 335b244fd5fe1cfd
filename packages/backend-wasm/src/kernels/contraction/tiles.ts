import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { LeftOperand } from './left-operand.ts';
import { microKernelName, type Walk } from './micro-kernel.ts';

/** Panels of the right operand: where the first is, and the bytes from row to row and from panel to panel. */
export interface Panels {
  readonly address: number;
  readonly row: number;
  readonly panel: number;
  readonly count: number;
  /** The columns of a panel. */
  readonly columns: 4 | 8;
}

/** Where the results of panels go, or with what they begin: distances in bytes. */
export interface Place {
  readonly address: number;
  readonly row: number;
  readonly panel: number;
}

/** Runs the innermost products: all rows of a left operand times some panels. */
export class Tiles {
  readonly #tileRows: number;
  /** By the columns of a panel (eight, four), then by the rows of a tile. */
  readonly #functions: Readonly<Record<Walk, readonly (readonly GeneratedFunction[])[]>>;

  constructor({ generated, tile }: Runtime) {
    this.#tileRows = tile.rows;
    const functions = (walk: Walk) =>
      [8, 4].map((columns) =>
        Array.from({ length: this.#tileRows + 1 }, (_, rows) => generated(microKernelName(walk, rows || 1, columns))),
      );
    this.#functions = { rows: functions('rows'), columns: functions('columns') };
  }

  /** Multiplies whole tiles, and at the end lower ones, which should not be too low. */
  multiply(left: LeftOperand, rows: number, panels: Panels, to: Place, from: Place): void {
    const tileRows = this.#tileRows;
    let tiles = Math.floor(rows / tileRows);
    const rest = rows - tiles * tileRows;
    // Two tiles of middling height are faster than a whole one and a very low one.
    if (rest > 0 && 2 * rest < tileRows && tiles > 0) tiles--;
    if (tiles > 0) this.#run(left, 0, tileRows, tiles, panels, to, from);
    for (let row = tiles * tileRows; row < rows; ) {
      const height = rows - row > tileRows ? (rows - row + 1) >> 1 : rows - row;
      this.#run(left, row, height, 1, panels, to, from);
      row += height;
    }
  }

  #run(left: LeftOperand, row: number, height: number, tiles: number, panels: Panels, to: Place, from: Place): void {
    const product = this.#functions[left.walk][panels.columns === 8 ? 0 : 1]?.[height] as GeneratedFunction;
    const { address: b, row: bRow, panel: bPanel, count } = panels;
    const c = to.address + row * to.row;
    const begin = from.address + row * from.row;
    const { address, table } = left;
    if (left.walk === 'rows') {
      const { runs, runsBytes, runLength } = left;
      const rowsAt = table + 4 * row;
      product(
        address,
        rowsAt,
        runs,
        runsBytes,
        runLength,
        b,
        bRow,
        bPanel,
        count,
        c,
        to.row,
        tiles,
        begin,
        from.row,
        from.panel,
      );
    } else {
      const start = address + 4 * row;
      product(
        start,
        table,
        left.tableBytes,
        4 * height,
        b,
        bRow,
        bPanel,
        count,
        c,
        to.row,
        tiles,
        begin,
        from.row,
        from.panel,
      );
    }
  }
}
