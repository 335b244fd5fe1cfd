import { AbstractModule, type BuildParameters, type ModuleOptions, nest, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Merges a range of dimensions of a tensor, or of each tensor in a nested structure, into one.
 *
 * Sonnet: `snt.MergeDims`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { MergeDims } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const merge = new MergeDims(1, 2);
 * assert.deepEqual(merge(tf.zeros([4, 8, 8, 3])).shape, [4, 64, 3]);
 *
 * const mergeAll = new MergeDims<tf.Tensor[]>(-2, 2);
 * const shapes = mergeAll([tf.zeros([5, 2]), tf.zeros([3, 3, 2])]).map((output) => output.shape);
 * assert.deepEqual(shapes, [[10], [3, 6]]);
 * ```
 */
export class MergeDims<Inputs extends nest.Nested<tf.Tensor> = tf.Tensor> extends AbstractModule<
  [inputs: Inputs],
  Inputs
> {
  static override readonly moduleName: string = 'merge_dims';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #start: number;
  readonly #size: number;

  /**
   * @param start The first dimension that is merged. A negative one counts from the end.
   * @param size How many dimensions are merged: at least 2.
   * @param options `name`.
   * @throws ValueError when `start` is not an integer, or `size` is not one of at least 2.
   */
  constructor(start: number, size: number, options: Pick<ModuleOptions, 'name'> = {}) {
    if (!Number.isSafeInteger(start))
      throw new ValueError(`MergeDims: start must be an integer; got ${String(start)}.`);
    if (!Number.isSafeInteger(size) || size <= 1) {
      throw new ValueError(`MergeDims: size must be an integer greater than 1; got ${String(size)}.`);
    }
    super({ name: options.name ?? MergeDims.moduleName });
    this.#start = start;
    this.#size = size;
  }

  /**
   * @param inputs A tensor of any dtype, or a nested structure of tensors.
   * @returns The same structure of merged tensors.
   * @throws ValueError when a tensor has too few dimensions.
   */
  protected override build(inputs: Inputs): Inputs {
    return nest.map((tensor) => this.#merge(tensor as tf.Tensor), inputs) as Inputs;
  }

  #merge(tensor: tf.Tensor): tf.Tensor {
    const { shape, rank } = tensor;
    const start = this.#start < 0 ? this.#start + rank : this.#start;
    const end = start + this.#size;
    if (start < 0 || end > rank) {
      const least = this.#start < 0 ? -this.#start : this.#start + this.#size;
      throw new ValueError(
        `${String(this)}: the rank of inputs must be at least ${least}, to merge ${this.#size} dimensions from ` +
          `${this.#start} on; got [${shape.join(', ')}].`,
      );
    }
    const merged = tf.util.sizeFromShape(shape.slice(start, end));
    return tf.reshape(tensor, [...shape.slice(0, start), merged, ...shape.slice(end)]);
  }
}
