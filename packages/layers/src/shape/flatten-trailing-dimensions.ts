import { ValueError } from '@sonnetjs/core';
import { BatchReshape, type BatchReshapeOptions } from './batch-reshape.ts';

/**
 * Flattens all dimensions of its inputs from one of them on.
 *
 * For inputs [batch, height, width, channels] and `dimFrom` 2 it gives [batch, height, width * channels]; `dimFrom` 4 adds a
 * dimension of size 1.
 *
 * Sonnet: `snt.FlattenTrailingDimensions`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { FlattenTrailingDimensions } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const flatten = new FlattenTrailingDimensions(2);
 * const outputs = flatten(tf.zeros([4, 10, 8, 8]));
 * assert.deepEqual(outputs.shape, [4, 10, 64]);
 * assert.deepEqual(flatten.transpose()(outputs).shape, [4, 10, 8, 8]);
 * ```
 */
export class FlattenTrailingDimensions extends BatchReshape {
  static override readonly moduleName: string = 'batch_dim_from';

  /**
   * @param dimFrom The first dimension that is flattened: an integer of at least 1.
   * @param options `name`.
   * @throws ValueError when `dimFrom` is not an integer of at least 1.
   */
  constructor(dimFrom: number, options: Pick<BatchReshapeOptions, 'name'> = {}) {
    if (!Number.isSafeInteger(dimFrom) || dimFrom < 1) {
      throw new ValueError(`FlattenTrailingDimensions: dimFrom must be an integer >= 1; got ${String(dimFrom)}.`);
    }
    super([-1], { preserveDims: dimFrom, name: options.name ?? FlattenTrailingDimensions.moduleName });
  }
}
