import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import { type LeftOperand, mostDepth } from './left-operand.ts';
import { packing } from './packing.ts';
import type { Panels } from './tiles.ts';

/** The right operand of a product. */
export interface RightOperand {
  readonly address: number;
  /** The bytes from row to row as it is stored. */
  readonly stride: number;
  readonly transposed: boolean;
  /** Where `RightPanels.packAll` has put it; the fields above do not matter then. */
  readonly packed?: number;
}

/** A part of the depth of a product, and all its columns. */
export interface Slab {
  readonly columns: number;
  readonly firstDepth: number;
  readonly depth: number;
}

/** The bytes of packed panels that are worked on at a time. */
const chunkBytes = 32 * 1024;

/** Arranges right operands in panels of a tile's width. */
export class RightPanels {
  readonly #pack: GeneratedFunction;
  readonly #packTransposed: GeneratedFunction;
  readonly #packEdge: GeneratedFunction;
  readonly #chunk: number;
  readonly #edge: number;

  constructor({ heap, generated }: Runtime) {
    this.#pack = generated(packing.panels);
    this.#packTransposed = generated(packing.transposedPanels);
    this.#packEdge = generated(packing.edge);
    this.#chunk = heap.reserve(chunkBytes);
    this.#edge = heap.reserve(32 * mostDepth);
  }

  /** Packs a whole operand, block by block of the depth: `packedBytes` bytes. */
  packAll(right: RightOperand, columns: number, depth: number, left: LeftOperand, target: number): void {
    const whole = columns & -8;
    for (let firstDepth = 0; firstDepth < depth; ) {
      const slab = { columns, firstDepth, depth: left.depthFrom(firstDepth, depth) };
      const at = target + packedBytes(columns, firstDepth);
      if (whole > 0) this.#packWhole(right, slab, 0, whole / 8, at);
      if (whole < columns) this.#packRest(right, slab, at + 4 * slab.depth * whole);
      firstDepth += slab.depth;
    }
  }

  /** The panels of eight columns from a column on, as many as are worked on at a time. */
  wholePanels(right: RightOperand, slab: Slab, column: number, pack: boolean): Panels {
    const panel = 32 * slab.depth;
    const count = Math.min(Math.max(1, Math.floor(chunkBytes / panel)), ((slab.columns & -8) - column) >> 3);
    const { address, stride, packed } = right;
    if (packed !== undefined) {
      const at = packed + packedBytes(slab.columns, slab.firstDepth) + 4 * column * slab.depth;
      return { address: at, row: 32, panel, count, columns: 8 };
    }
    if (pack) {
      this.#packWhole(right, slab, column, count, this.#chunk);
      return { address: this.#chunk, row: 32, panel, count, columns: 8 };
    }
    return { address: address + slab.firstDepth * stride + 4 * column, row: stride, panel: 32, count, columns: 8 };
  }

  /** The columns behind the last panel of eight, filled up with zeros. */
  restPanel(right: RightOperand, slab: Slab): Panels {
    const whole = slab.columns & -8;
    const columns = restWidth(slab.columns) as 4 | 8;
    const { address, stride, transposed, packed } = right;
    if (packed !== undefined) {
      const at = packed + packedBytes(slab.columns, slab.firstDepth) + 4 * whole * slab.depth;
      return { address: at, row: 4 * columns, panel: 0, count: 1, columns };
    }
    if (slab.columns - whole === columns && !transposed) {
      return { address: address + slab.firstDepth * stride + 4 * whole, row: stride, panel: 0, count: 1, columns };
    }
    this.#packRest(right, slab, this.#edge);
    return { address: this.#edge, row: 4 * columns, panel: 0, count: 1, columns };
  }

  #packWhole(
    { address, stride, transposed }: RightOperand,
    slab: Slab,
    column: number,
    panels: number,
    to: number,
  ): void {
    const { firstDepth, depth } = slab;
    if (transposed) this.#packTransposed(address + column * stride + 4 * firstDepth, stride, depth, to, panels);
    else this.#pack(address + firstDepth * stride + 4 * column, stride, depth, to, panels);
  }

  #packRest({ address, stride, transposed }: RightOperand, { columns, firstDepth, depth }: Slab, to: number): void {
    const whole = columns & -8;
    const [row, column] = transposed ? [4, stride] : [stride, 4];
    const from = address + firstDepth * row + whole * column;
    this.#packEdge(from, row, column, depth, columns - whole, to, 4 * restWidth(columns));
  }
}

/** The bytes of a right operand in panels. */
export function packedBytes(columns: number, depth: number): number {
  return 4 * depth * ((columns & -8) + restWidth(columns));
}

/** How wide the columns behind the last panel of eight are computed: 0, 4 or 8. */
export function restWidth(columns: number): 0 | 4 | 8 {
  const rest = columns & 7;
  if (rest === 0) return 0;
  return rest <= 4 ? 4 : 8;
}
