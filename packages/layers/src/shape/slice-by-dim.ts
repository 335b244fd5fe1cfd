import { AbstractModule, type BuildParameters, type ModuleOptions, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkDims, resolveDims } from './by-dim.ts';

/**
 * Slices its inputs along some dimensions and leaves the others whole, whatever the rank.
 *
 * Sonnet: `snt.SliceByDim`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { SliceByDim } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const crop = new SliceByDim([1, 2], [2, 2], [24, -1]);
 * assert.deepEqual(crop(tf.zeros([8, 28, 28, 3])).shape, [8, 24, 26, 3]);
 * ```
 */
export class SliceByDim extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'slice_by_dim';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #dims: readonly number[];
  readonly #begin: readonly number[];
  readonly #size: readonly number[];

  /**
   * @param dims The dimensions that are sliced, each once. Negative ones count from the end.
   * @param begin Where the slice begins in each of them.
   * @param size The size of the slice in each of them; -1 takes all from the beginning on.
   * @param options `name`.
   * @throws ValueError when a dimension is given twice, the lists differ in length, or they do not hold integers.
   */
  constructor(
    dims: readonly number[],
    begin: readonly number[],
    size: readonly number[],
    options: Pick<ModuleOptions, 'name'> = {},
  ) {
    checkDims('SliceByDim', dims, { begin, size });
    super({ name: options.name ?? SliceByDim.moduleName });
    [this.#dims, this.#begin, this.#size] = [[...dims], [...begin], [...size]];
  }

  /**
   * @param inputs A tensor of any dtype.
   * @returns The slice.
   * @throws ValueError when the inputs have too few dimensions, or the slice does not lie within them.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    const { shape } = inputs;
    const begin = shape.map(() => 0);
    const size = [...shape];
    resolveDims(String(this), this.#dims, shape).forEach((dim, i) => {
      begin[dim] = this.#begin[i] as number;
      const wanted = this.#size[i] as number;
      size[dim] = wanted === -1 ? (shape[dim] as number) - begin[dim] : wanted;
    });
    if (
      shape.some(
        (whole, dim) => (begin[dim] ?? 0) < 0 || (size[dim] ?? 0) < 0 || (begin[dim] ?? 0) + (size[dim] ?? 0) > whole,
      )
    ) {
      throw new ValueError(
        `${String(this)}: the slice must lie within the inputs [${shape.join(', ')}]; got begin ` +
          `[${this.#begin.join(', ')}] and size [${this.#size.join(', ')}] in dims [${this.#dims.join(', ')}].`,
      );
    }
    return tf.slice(inputs, begin, size);
  }
}
