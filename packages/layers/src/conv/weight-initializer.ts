import { type Initializer, initializers } from '@sonnetjs/core';

/**
 * The initializer of a convolution's weights where none is given: a truncated normal distribution with a standard
 * deviation of `1 / sqrt(fan in)`.
 *
 * Sonnet: `create_weight_initializer` of its module `conv`.
 *
 * @param fanInShape The sizes whose product is the fan in: for `Conv2D` those of the kernel and the number of input
 *   channels.
 * @returns The initializer.
 *
 * @example
 * ```ts
 * import { Conv2D, createConvWeightInitializer } from '@sonnetjs/layers';
 *
 * // The default for a 3 × 3 kernel and 16 input channels, given explicitly.
 * const conv = new Conv2D(32, 3, { initializers: { w: createConvWeightInitializer([3, 3, 16]) } });
 * ```
 */
export function createConvWeightInitializer(fanInShape: readonly number[]): Initializer {
  const fanIn = fanInShape.reduce((product, size) => product * size, 1);
  return initializers.truncatedNormal({ stddev: 1 / Math.sqrt(fanIn) });
}
