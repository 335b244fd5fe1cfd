import { type Initializer, initializers, ValueError } from '@sonnetjs/core';

/**
 * The default initializer for the weights of a {@link Linear}: a truncated normal distribution of standard deviation
 * `1 / sqrt(inputSize)`.
 *
 * @param inputSize The number of inputs: a positive integer.
 * @throws ValueError when `inputSize` is not a positive integer.
 *
 * Sonnet: `snt.python.modules.basic.create_linear_initializer`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { createLinearInitializer, Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * resetDefaultGraph();
 * const linear = new Linear(3, { initializers: { w: createLinearInitializer(5) } });
 * linear(tf.ones([8, 5]));
 * ```
 */
export function createLinearInitializer(inputSize: number): Initializer {
  if (!Number.isSafeInteger(inputSize) || inputSize < 1) {
    throw new ValueError(`createLinearInitializer: inputSize must be a positive integer; got ${String(inputSize)}.`);
  }
  return initializers.truncatedNormal({ stddev: 1 / Math.sqrt(inputSize) });
}
