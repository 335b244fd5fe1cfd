import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { Activate } from './activation.ts';
import { flatProductName, mostFlatDepth } from './flat-product.ts';
import { DenseLeft } from './left-operand.ts';
import { MatrixProduct, type Sizes, type Start } from './product.ts';
import { vectorProducts } from './vector-product.ts';

/** A matrix in memory: rows, as it is stored, are `stride` bytes apart. */
export interface Factor {
  readonly address: number;
  readonly stride: number;
  readonly transposed: boolean;
}

/** Narrower results than this are computed in tiles although their depth is small. */
const fewestFlatColumns = 16;

const products = new WeakMap<Runtime, DenseProduct>();

/** The products of a runtime, which all its kernels share, as they keep memory for themselves. */
export function denseProductOf(runtime: Runtime): DenseProduct {
  const known = products.get(runtime);
  if (known !== undefined) return known;
  const product = new DenseProduct(runtime);
  products.set(runtime, product);
  return product;
}

/** Products of matrices that lie in memory, vectors among them. */
export class DenseProduct {
  readonly matrices: MatrixProduct;
  readonly #runtime: Runtime;
  readonly #rows: DenseLeft;
  readonly #columns: DenseLeft;
  readonly #vectorTimesRows: GeneratedFunction;
  readonly #sumOfRows: GeneratedFunction;
  /** By their depth. */
  readonly #flat: readonly GeneratedFunction[];
  readonly #constant: number;

  constructor(runtime: Runtime) {
    const { heap, generated } = runtime;
    this.#runtime = runtime;
    this.matrices = new MatrixProduct(runtime);
    this.#rows = new DenseLeft('rows', runtime);
    this.#columns = new DenseLeft('columns', runtime);
    this.#vectorTimesRows = generated(vectorProducts.rows);
    this.#sumOfRows = generated(vectorProducts.sum);
    this.#flat = Array.from({ length: mostFlatDepth + 1 }, (_, depth) => generated(flatProductName(depth || 1)));
    this.#constant = heap.reserve(64);
  }

  /** Begins with zeros. */
  get zeros(): Start {
    return this.matrices.zeros;
  }

  /** Begins with the number at an address, until this is called again. */
  constant(address: number): Start {
    const [bits = 0] = this.#runtime.heap.integers(address, 1);
    this.#runtime.heap.integers(this.#constant, 16).fill(bits);
    return { address: this.#constant, row: 0, column: 0 };
  }

  /** Writes the product of two matrices to an address, row by row. */
  multiply(left: Factor, right: Factor, sizes: Sizes, output: number, start: Start, activate?: Activate): void {
    const { rows, columns, depth } = sizes;
    if (rows === 0 || columns === 0) return;
    const isFlat = depth === 1 || (depth <= mostFlatDepth && columns >= fewestFlatColumns && !right.transposed);
    if (isFlat && depth > 0) {
      this.#multiplyFlat(left, right, sizes, output, start);
      activate?.(output, rows, columns);
      return;
    }
    if (rows === 1 || columns === 1 || depth === 0) {
      this.#multiplyVector(left, right, sizes, output, start);
      activate?.(output, rows, columns);
      return;
    }
    const walked = (left.transposed ? this.#columns : this.#rows).set(left.address, left.stride, sizes);
    const finished = activate && ((row: number, count: number) => activate(output + 4 * row * columns, count, columns));
    this.matrices.multiply(walked, right, sizes, { address: output, stride: 4 * columns }, start, finished);
  }

  #multiplyFlat(left: Factor, right: Factor, { rows, columns, depth }: Sizes, output: number, start: Start): void {
    const [row, column] = left.transposed ? [4, left.stride] : [left.stride, 4];
    const run = this.#flat[depth] as GeneratedFunction;
    const { address, stride } = right;
    run(left.address, row, column, address, stride, rows, columns, output, start.address, start.row, start.column);
  }

  #multiplyVector(left: Factor, right: Factor, { rows, columns, depth }: Sizes, output: number, start: Start): void {
    if (rows === 1 && columns === 1) {
      this.#vectorTimesRows(left.address, 0, 1, depth, right.address, output, start.address, 0);
    } else if (rows === 1) {
      const [run, count] = right.transposed ? [this.#vectorTimesRows, columns] : [this.#sumOfRows, depth];
      const length = right.transposed ? depth : columns;
      run(right.address, right.stride, count, length, left.address, output, start.address, start.column);
    } else if (columns === 1) {
      const [run, count] = left.transposed ? [this.#sumOfRows, depth] : [this.#vectorTimesRows, rows];
      const length = left.transposed ? rows : depth;
      run(left.address, left.stride, count, length, right.address, output, start.address, start.row);
    } else {
      // Nothing is added to the start.
      for (let row = 0; row < rows; row++) {
        const from = start.address + row * start.row;
        this.#sumOfRows(0, 0, 0, columns, 0, output + 4 * row * columns, from, start.column);
      }
    }
  }
}
