import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { type BroadcastPlan, planBroadcast } from '../elementwise/broadcast.ts';
import { sizeOf } from '../shape.ts';
import { type Activate, emitActivations } from './activation.ts';
import { type DenseProduct, denseProductOf, type Factor } from './dense-product.ts';
import { Epilogues } from './epilogue.ts';
import { emitFlatProducts } from './flat-product.ts';
import { emitMicroKernels } from './micro-kernel.ts';
import { emitPacking } from './packing.ts';
import type { Sizes, Start } from './product.ts';
import { emitVectorProducts } from './vector-product.ts';

/** Products of matrices. */
export const matMulFamily: KernelFamily = {
  emit(module) {
    emitVectorProducts(module);
    emitFlatProducts(module);
    emitPacking(module);
    emitActivations(module);
  },
  emitTiles: emitMicroKernels,
  kernels(runtime) {
    const product = denseProductOf(runtime);
    return {
      [tf.BatchMatMul]: batchMatMul(runtime, product),
      [tf._FusedMatMul]: fusedMatMul(runtime, product, new Epilogues(runtime, product)),
    };
  },
};

interface FusedInputs {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly bias?: tf.TensorInfo;
  readonly preluActivationWeights?: tf.TensorInfo;
}

/** Two stacks of matrices whose product is asked for. */
interface Operands {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function batchMatMul(runtime: Runtime, product: DenseProduct): tf.KernelFunc {
  return (params) => {
    const { a, b } = params.inputs as unknown as FusedInputs;
    const { transposeA, transposeB } = params.attrs as unknown as tf.BatchMatMulAttrs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runtime.stock(tf.BatchMatMul)(params);
    const operands = { a, b, transposeA, transposeB };
    const stack = new StackProduct(runtime, product, operands, tf.BatchMatMul);
    stack.run(() => product.zeros);
    return stack.output;
  };
}

function fusedMatMul(runtime: Runtime, product: DenseProduct, epilogues: Epilogues): tf.KernelFunc {
  return (params) => {
    const { a, b, bias, preluActivationWeights } = params.inputs as unknown as FusedInputs;
    const attrs = params.attrs as unknown as tf._FusedMatMulAttrs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runtime.stock(tf._FusedMatMul)(params);
    const operands = { a, b, transposeA: attrs.transposeA, transposeB: attrs.transposeB };
    const stack = new StackProduct(runtime, product, operands, tf._FusedMatMul);
    const { activation, leakyreluAlpha } = attrs;
    const settings = { bias, activation, leakyreluAlpha, preluActivationWeights };
    const epilogue = epilogues.plan(tf._FusedMatMul, settings, stack.output.shape);
    stack.run((matrix) => epilogue.start(matrix), epilogue.activate);
    return epilogue.complete(stack.output);
  };
}

/** The product of two stacks of matrices, broadcast against each other. */
class StackProduct {
  readonly output: tf.TensorInfo;
  readonly product: DenseProduct;
  readonly sizes: Sizes;
  readonly #runtime: Runtime;
  readonly #operands: Operands;
  readonly #batch: BroadcastPlan;

  /** @throws Error when the operands do not fit each other. */
  constructor(runtime: Runtime, product: DenseProduct, operands: Operands, kernelName: string) {
    this.#runtime = runtime;
    this.product = product;
    this.#operands = operands;
    const { a, b, transposeA, transposeB } = operands;
    const [aBatch, aFirst, aSecond] = splitShape(a.shape);
    const [bBatch, bFirst, bSecond] = splitShape(b.shape);
    const [rows, depth] = transposeA ? [aSecond, aFirst] : [aFirst, aSecond];
    const [bDepth, columns] = transposeB ? [bSecond, bFirst] : [bFirst, bSecond];
    if (depth !== bDepth) {
      throw new Error(
        `${kernelName}: the inner sizes ${depth} and ${bDepth} of [${a.shape}] and [${b.shape}] must be the same ` +
          `(transposeA: ${transposeA}, transposeB: ${transposeB}).`,
      );
    }
    this.sizes = { rows, columns, depth };
    this.#batch = planBroadcast(aBatch, bBatch);
    this.output = runtime.heap.allocate([...this.#batch.shape, rows, columns], 'float32');
  }

  /**
   * Computes the output.
   *
   * @param startOf With what the elements of a matrix of the stack begin.
   * @param activate Is applied to finished rows.
   */
  run(startOf: (matrix: number) => Start, activate?: Activate): void {
    const { heap } = this.#runtime;
    const { a, b, transposeA, transposeB } = this.#operands;
    const { rows, columns, depth } = this.sizes;
    const [pa, pb, pc] = [heap.address(a), heap.address(b), heap.address(this.output)];
    const left = (address: number): Factor => ({
      address,
      stride: 4 * (transposeA ? rows : depth),
      transposed: transposeA,
    });
    const right = (address: number): Factor => ({
      address,
      stride: 4 * (transposeB ? depth : columns),
      transposed: transposeB,
    });
    const matrices = sizeOf(this.#batch.shape);
    if (sizeOf(b.shape) === depth * columns && !transposeA && startOf(0).row === 0) {
      // One matrix multiplies all: their rows follow each other.
      const sizes = { rows: matrices * rows, columns, depth };
      this.product.multiply(left(pa), right(pb), sizes, pc, startOf(0), activate);
      return;
    }
    const { grids, rows: gridRows, columns: gridColumns, aRow, bRow, aColumn, bColumn } = this.#batch;
    let matrix = 0;
    for (const grid of grids) {
      for (let row = 0; row < gridRows; row++) {
        for (let column = 0; column < gridColumns; column++) {
          const aAt = pa + 4 * rows * depth * (grid.a + row * aRow + column * aColumn);
          const bAt = pb + 4 * depth * columns * (grid.b + row * bRow + column * bColumn);
          const cAt = pc + 4 * rows * columns * matrix;
          this.product.multiply(left(aAt), right(bAt), this.sizes, cAt, startOf(matrix), activate);
          matrix++;
        }
      }
    }
  }
}

function splitShape(shape: readonly number[]): [batch: readonly number[], first: number, second: number] {
  return [shape.slice(0, -2), shape.at(-2) as number, shape.at(-1) as number];
}
