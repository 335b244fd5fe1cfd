import { BatchReshape, type BatchReshapeOptions } from './batch-reshape.ts';

/**
 * Flattens its inputs, except for the batch dimension (or the first `preserveDims` dimensions). Inputs that have no other
 * dimension get one of size 1.
 *
 * Sonnet: `snt.BatchFlatten`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchFlatten } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const flatten = new BatchFlatten();
 * assert.deepEqual(flatten(tf.zeros([4, 28, 28])).shape, [4, 784]);
 * ```
 */
export class BatchFlatten extends BatchReshape {
  static override readonly moduleName: string = 'batch_flatten';

  /**
   * @param options `preserveDims` (default 1) and `name`.
   * @throws ValueError when `preserveDims` is not an integer of at least 1.
   */
  constructor(options: BatchReshapeOptions = {}) {
    super([-1], { ...options, name: options.name ?? BatchFlatten.moduleName });
  }
}
