import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { Walk } from './micro-kernel.ts';
import { packing } from './packing.ts';
import type { Sizes } from './product.ts';

/** The most rows of the left operand that are multiplied before the right operand is gone through again. */
export const mostRows = 288;

/** The deepest product that is taken at once, so that a panel of the right operand stays in the first cache. */
export const mostDepth = 384;
/** The same along columns, where the rows of the left operand as it is stored have to stay there as well. */
const mostDepthOfColumns = 160;

/** How deep the block is that begins at `first` of `depth`. */
export function depthPiece(walk: Walk, first: number, depth: number): number {
  return evenPiece(first, depth, walk === 'columns' ? mostDepthOfColumns : mostDepth, 4);
}

/** Rows this far apart, or a multiple of it, compete for the same places of the first cache: they are copied sooner. */
const competingStride = 256;

/** The bytes from row to row of a copied block: an odd number of cache lines, so that rows do not compete for a place. */
const copyStride = 4 * mostRows + 64;

/**
 * The left operand of a product as the innermost loop wants it. After `point`, the fields describe a block of it; see the
 * micro-kernels for their meaning.
 */
export interface LeftOperand {
  readonly walk: Walk;
  /** How many of `rows` rows make a block that begins at `first`. */
  rowsFrom(first: number, rows: number): number;
  /** How deep the block is that begins at `first` of `depth`. */
  depthFrom(first: number, depth: number): number;
  point(firstRow: number, rows: number, firstDepth: number, depth: number): void;
  address: number;
  table: number;
  tableBytes: number;
  runs: number;
  runsBytes: number;
  runLength: number;
}

/** Cuts a length into pieces of nearly the same size, none above a limit: the size of the piece that begins at `first`. */
export function evenPiece(first: number, length: number, most: number, multiple: number): number {
  const left = length - first;
  const pieces = Math.ceil(left / most);
  const even = Math.ceil(left / pieces / multiple) * multiple;
  return Math.min(left, even);
}

/** A matrix in memory as the left operand: as it is stored, or transposed. */
export class DenseLeft implements LeftOperand {
  readonly walk: Walk;
  address = 0;
  readonly table: number;
  tableBytes = 0;
  readonly runs: number;
  readonly runsBytes = 4;
  runLength = 0;
  readonly #fill: GeneratedFunction;
  readonly #copyBlock: GeneratedFunction;
  readonly #copy: number;
  #matrix = 0;
  #stride = 0;
  #tableStride = -1;
  #copies = false;

  constructor(walk: Walk, { heap, generated }: Runtime) {
    this.walk = walk;
    this.#fill = generated(packing.multiples);
    this.#copyBlock = generated(packing.block);
    this.#copy = walk === 'columns' ? heap.reserve(mostDepthOfColumns * copyStride) : 0;
    this.table = heap.reserve(4 * Math.max(mostRows, mostDepth) + 64);
    this.runs = heap.reserve(64);
    this.#fill(this.runs, 0, 1);
  }

  /** Makes this the matrix at an address, whose rows, as it is stored, are so many bytes apart. */
  set(address: number, stride: number, { columns, depth }: Sizes): this {
    this.#matrix = address;
    this.#stride = stride;
    const areFar = stride >= 1024 || stride % competingStride === 0;
    this.#copies = this.walk === 'columns' && areFar && columns >= 32 && depth >= 32;
    const tableStride = this.#copies ? copyStride : stride;
    if (tableStride !== this.#tableStride) this.#fill(this.table, tableStride, Math.max(mostRows, mostDepth));
    this.#tableStride = tableStride;
    return this;
  }

  rowsFrom(first: number, rows: number): number {
    return evenPiece(first, rows, mostRows, 24);
  }

  depthFrom(first: number, depth: number): number {
    return depthPiece(this.walk, first, depth);
  }

  point(firstRow: number, rows: number, firstDepth: number, depth: number): void {
    if (this.walk === 'rows') {
      this.address = this.#matrix + firstRow * this.#stride + 4 * firstDepth;
      this.runLength = 4 * depth;
    } else {
      this.address = this.#matrix + firstDepth * this.#stride + 4 * firstRow;
      this.tableBytes = 4 * depth;
      if (this.#copies) {
        this.#copyBlock(this.address, this.#stride, this.#copy, copyStride, depth, rows);
        this.address = this.#copy;
      }
    }
  }
}
