import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { type BroadcastPlan, planBroadcast } from '../elementwise/broadcast.ts';
import { sizeOf } from '../shape.ts';
import { Activations, type Activate, emitActivations } from './activation.ts';
import { DenseProduct, type Factor } from './dense-product.ts';
import { emitMicroKernels } from './micro-kernel.ts';
import { emitPacking } from './packing.ts';
import type { Sizes, Start } from './product.ts';
import { emitVectorProducts } from './vector-product.ts';

/** Products of matrices. */
export const matMulFamily: KernelFamily = {
  emit(module, { tile }) {
    emitMicroKernels(module, tile);
    emitVectorProducts(module, tile.fused);
    emitPacking(module);
    emitActivations(module);
  },
  kernels(runtime) {
    const product = new DenseProduct(runtime);
    const activations = new Activations(runtime);
    return {
      [tf.BatchMatMul]: batchMatMul(runtime, product),
      [tf._FusedMatMul]: fusedMatMul(runtime, product, activations),
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

function fusedMatMul(runtime: Runtime, product: DenseProduct, activations: Activations): tf.KernelFunc {
  return (params) => {
    const { a, b, bias, preluActivationWeights } = params.inputs as unknown as FusedInputs;
    const attrs = params.attrs as unknown as tf._FusedMatMulAttrs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runtime.stock(tf._FusedMatMul)(params);
    const operands = { a, b, transposeA: attrs.transposeA, transposeB: attrs.transposeB };
    const stack = new StackProduct(runtime, product, operands, tf._FusedMatMul);
    const { output, sizes } = stack;
    const settings = { activation: attrs.activation, leakyreluAlpha: attrs.leakyreluAlpha, preluActivationWeights };
    const activate = activations.find(tf._FusedMatMul, settings, sizes.columns);
    const start = bias === undefined || bias === null ? () => product.zeros : biasStart(runtime, product, bias, output, sizes);
    if (start !== undefined && activate !== 'broadcast') {
      stack.run(start, activate);
      return output;
    }
    return inSteps(runtime, stack, bias as tf.TensorInfo | undefined, start, settings, activate);
  };
}

/** With what the results begin that have a bias: none when it is broadcast in a way that has to be added afterwards. */
function biasStart(
  { heap }: Runtime,
  product: DenseProduct,
  bias: tf.TensorInfo,
  output: tf.TensorInfo,
  { rows, columns }: Sizes,
): ((matrix: number) => Start) | undefined {
  const size = sizeOf(bias.shape);
  if (size === 1) return () => product.constant(heap.address(bias));
  if (size === columns && bias.shape.at(-1) === columns) return () => ({ address: heap.address(bias), row: 0, column: 4 });
  if (size !== sizeOf(output.shape)) return undefined;
  return (matrix) => ({ address: heap.address(bias) + 4 * matrix * rows * columns, row: 4 * columns, column: 4 });
}

/** The product first, then bias and activation with kernels of their own. */
function inSteps(
  { stock, heap }: Runtime,
  stack: StackProduct,
  bias: tf.TensorInfo | undefined,
  start: ((matrix: number) => Start) | undefined,
  { preluActivationWeights }: { readonly preluActivationWeights?: tf.TensorInfo | undefined },
  activate: Activate | 'broadcast' | undefined,
): tf.TensorInfo {
  stack.run(start ?? (() => stack.product.zeros));
  let result = stack.output;
  const apply = (kernelName: string, inputs: Record<string, tf.TensorInfo>): void => {
    const next = tf.getKernel(kernelName, 'wasm').kernelFunc({ inputs, backend: tf.backend(), attrs: {} }) as tf.TensorInfo;
    heap.dispose(result);
    result = next;
  };
  if (start === undefined) apply(tf.Add, { a: result, b: bias as tf.TensorInfo });
  if (activate === 'broadcast') apply(tf.Prelu, { x: result, alpha: preluActivationWeights as tf.TensorInfo });
  else if (activate !== undefined) activate(heap.address(result), sizeOf(result.shape), 1);
  void stock;
  return result;
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
    const left = (address: number): Factor => ({ address, stride: 4 * (transposeA ? rows : depth), transposed: transposeA });
    const right = (address: number): Factor => ({ address, stride: 4 * (transposeB ? depth : columns), transposed: transposeB });
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
