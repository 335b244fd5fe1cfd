import {
  AbstractModule,
  type BuildParameters,
  type ModuleOptions,
  NotConnectedError,
  required,
  type Transposable,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link BatchReshape}. */
export interface BatchReshapeOptions extends Pick<ModuleOptions, 'name'> {
  /** How many leading dimensions stay as they are: at least 1. Default: 1. */
  readonly preserveDims?: number;
}

/**
 * Reshapes its inputs, except for the batch dimension (or the first `preserveDims` dimensions).
 *
 * Sonnet: `snt.BatchReshape`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchReshape } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const toImages = new BatchReshape([28, -1, 1]);
 * assert.deepEqual(toImages(tf.zeros([4, 784])).shape, [4, 28, 28, 1]);
 * assert.deepEqual(toImages.transpose()(tf.zeros([2, 28, 28, 1])).shape, [2, 784]);
 * ```
 */
export class BatchReshape extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> implements Transposable {
  static override readonly moduleName: string = 'batch_reshape';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #shape: readonly number[] | (() => readonly number[]);
  readonly #preserveDims: number;
  #inputShape: readonly number[] | null = null;

  /**
   * @param shape The new shape without the preserved dimensions; one size may be -1 and is then inferred. A function gives
   *   the shape when the module is connected.
   * @param options `preserveDims` and `name`.
   * @throws TypeError when `shape` is neither an array nor a function.
   * @throws ValueError when `preserveDims` is not an integer of at least 1.
   */
  constructor(shape: readonly number[] | (() => readonly number[]), options: BatchReshapeOptions = {}) {
    const { preserveDims = 1 } = options;
    if (!Number.isSafeInteger(preserveDims) || preserveDims < 1) {
      throw new ValueError(`${new.target.name}: preserveDims must be an integer >= 1; got ${preserveDims}.`);
    }
    if (!Array.isArray(shape) && typeof shape !== 'function') {
      throw new TypeError(`${new.target.name}: shape must be an array or a function; got ${String(shape)}.`);
    }
    super({ name: options.name ?? BatchReshape.moduleName });
    this.#shape = shape;
    this.#preserveDims = preserveDims;
  }

  /**
   * @param inputs [b1, …, bPreserveDims, …]: any dtype; of lower rank than `preserveDims` is an error.
   * @returns [b1, …, bPreserveDims, ...shape].
   * @throws ValueError when the inputs have fewer dimensions than are to be preserved, when the shape has more than one -1
   *   or a size that is not a positive integer, or when the sizes do not fit.
   * @throws TypeError when the inputs are no tensor.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    if (!(inputs instanceof tf.Tensor)) {
      throw new TypeError(`${String(this)}: inputs must be a tensor; got ${String(inputs)}.`);
    }
    const { rank, shape } = inputs;
    if (rank < this.#preserveDims) {
      throw new ValueError(
        `${String(this)}: inputs have ${rank} dimensions ([${shape.join(', ')}]), but should have at least as many as ` +
          `preserveDims=${this.#preserveDims}.`,
      );
    }
    const trailing = shape.slice(this.#preserveDims);
    const outputs = tf.reshape(inputs, [...shape.slice(0, this.#preserveDims), ...this.#inferShape(trailing)]);
    this.#inputShape = trailing;
    return outputs;
  }

  /**
   * The shape of the latest inputs without the preserved dimensions.
   *
   * @throws NotConnectedError before the first connection.
   */
  get inputShape(): readonly number[] {
    if (this.#inputShape === null || !this.isConnected) {
      throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
    }
    return this.#inputShape;
  }

  /**
   * A module that reshapes back to the shape of this one's inputs. It may be made before this module is connected.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): BatchReshape {
    const name = options.name ?? `${this.moduleName}_transpose`;
    return new BatchReshape(() => this.inputShape, { preserveDims: this.#preserveDims, name });
  }

  /** The wanted shape with -1 replaced by the size that fits. */
  #inferShape(trailing: readonly number[]): readonly number[] {
    const wanted = typeof this.#shape === 'function' ? this.#shape() : this.#shape;
    const wildcards = wanted.filter((size) => size === -1).length;
    if (wildcards > 1) {
      throw new ValueError(`${String(this)}: -1 may appear only once in the shape; got (${wanted.join(', ')}).`);
    }
    if (!wanted.every((size) => size === -1 || (Number.isSafeInteger(size) && size > 0))) {
      throw new ValueError(
        `${String(this)}: the shape may hold only positive integers and the wildcard -1; got (${wanted.join(', ')}).`,
      );
    }
    const given = product(trailing);
    const known = product(wanted.filter((size) => size !== -1));
    const fits = wildcards === 0 ? given === known : given % known === 0;
    if (!fits) {
      throw new ValueError(
        `${String(this)}: inputs of [${trailing.join(', ')}] (${given} values) per batch entry cannot take the shape ` +
          `[${wanted.join(', ')}].`,
      );
    }
    return wanted.map((size) => (size === -1 ? given / known : size));
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
