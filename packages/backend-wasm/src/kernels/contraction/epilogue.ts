import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { type Activate, type ActivationSettings, Activations } from './activation.ts';
import type { DenseProduct } from './dense-product.ts';
import type { Start } from './product.ts';

/** What a fused kernel does beside its product. */
export interface FusedSettings extends ActivationSettings {
  readonly bias?: tf.TensorInfo | undefined;
}

/** How bias and activation are brought into a product. */
export interface Epilogue {
  /** With what each matrix of the result begins. */
  start(matrix: number): Start;
  /** Whether all rows of all matrices begin alike. */
  readonly startsAlike: boolean;
  /** Is applied to finished rows. */
  readonly activate: Activate | undefined;
  /** Does to the whole result what could not be done on the way; gives what stands in its place. */
  complete(result: tf.TensorInfo): tf.TensorInfo;
}

/** Plans bias and activation of fused kernels. */
export class Epilogues {
  readonly #runtime: Runtime;
  readonly #product: DenseProduct;
  readonly #activations: Activations;

  constructor(runtime: Runtime, product: DenseProduct) {
    this.#runtime = runtime;
    this.#product = product;
    this.#activations = new Activations(runtime);
  }

  /**
   * @param shape The shape of the result: [..., rows, columns].
   * @throws Error for an activation that tfjs does not know.
   */
  plan(kernelName: string, settings: FusedSettings, shape: readonly number[]): Epilogue {
    const columns = shape.at(-1) as number;
    const activate = this.#activations.find(kernelName, settings, columns);
    const start = this.#start(settings.bias, shape);
    if (start !== undefined && activate !== 'broadcast') {
      return { start, startsAlike: start(0).row === 0, activate, complete: (result) => result };
    }
    return {
      start: start ?? (() => this.#product.zeros),
      startsAlike: start === undefined || start(0).row === 0,
      activate: undefined,
      complete: (result) => this.#complete(result, settings, start === undefined, activate),
    };
  }

  /** Nothing when the bias is broadcast in a way that has to be added afterwards. */
  #start(bias: tf.TensorInfo | undefined, shape: readonly number[]): ((matrix: number) => Start) | undefined {
    const { heap } = this.#runtime;
    if (bias === undefined || bias === null) return () => this.#product.zeros;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const size = sizeOf(bias.shape);
    if (size === 1) return () => this.#product.constant(heap.address(bias));
    if (size === columns && bias.shape.at(-1) === columns)
      return () => ({ address: heap.address(bias), row: 0, column: 4 });
    if (size !== sizeOf(shape)) return undefined;
    return (matrix) => ({ address: heap.address(bias) + 4 * matrix * rows * columns, row: 4 * columns, column: 4 });
  }

  #complete(
    result: tf.TensorInfo,
    { bias, preluActivationWeights }: FusedSettings,
    addBias: boolean,
    activate: Activate | 'broadcast' | undefined,
  ): tf.TensorInfo {
    let current = result;
    if (addBias) current = this.#replace(current, tf.Add, { a: current, b: bias as tf.TensorInfo });
    if (activate === 'broadcast') {
      return this.#replace(current, tf.Prelu, { x: current, alpha: preluActivationWeights as tf.TensorInfo });
    }
    const columns = current.shape.at(-1) as number;
    activate?.(this.#runtime.heap.address(current), sizeOf(current.shape) / Math.max(columns, 1), columns);
    return current;
  }

  #replace(old: tf.TensorInfo, kernelName: string, inputs: Record<string, tf.TensorInfo>): tf.TensorInfo {
    const made = this.#runtime.run(kernelName, inputs, {});
    this.#runtime.heap.dispose(old);
    return made;
  }
}
