import { AbstractModule, type BuildParameters, type ModuleOptions, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkDims, resolveDims } from './by-dim.ts';

/**
 * Repeats its inputs along some dimensions, whatever the rank.
 *
 * Sonnet: `snt.TileByDim`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { TileByDim } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const tile = new TileByDim([0, 2], [2, 3]);
 * assert.deepEqual(tile(tf.zeros([4, 5, 6])).shape, [8, 5, 18]);
 * ```
 */
export class TileByDim extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'tile_by_dim';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #dims: readonly number[];
  readonly #multiples: readonly number[];

  /**
   * @param dims The dimensions along which the inputs are repeated, each once. Negative ones count from the end.
   * @param multiples How often, in each of them: at least 1.
   * @param options `name`.
   * @throws ValueError when a dimension is given twice, the lists differ in length, or they do not hold integers.
   */
  constructor(dims: readonly number[], multiples: readonly number[], options: Pick<ModuleOptions, 'name'> = {}) {
    checkDims('TileByDim', dims, { multiples });
    if (multiples.some((multiple) => multiple < 1)) {
      throw new ValueError(`TileByDim: multiples must be at least 1; got [${multiples.join(', ')}].`);
    }
    super({ name: options.name ?? TileByDim.moduleName });
    [this.#dims, this.#multiples] = [[...dims], [...multiples]];
  }

  /**
   * @param inputs A tensor of any dtype.
   * @returns The repeated tensor.
   * @throws ValueError when the inputs have too few dimensions.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    const repetitions = inputs.shape.map(() => 1);
    resolveDims(String(this), this.#dims, inputs.shape).forEach((dim, i) => {
      repetitions[dim] = this.#multiples[i] as number;
    });
    return tf.tile(inputs, repetitions);
  }
}
