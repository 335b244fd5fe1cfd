import { ValueError } from '@sonnetjs/core';

/**
 * The shape of the bias that an {@link AddBias} adds to inputs of a given shape.
 *
 * @param inputShape The shape of the inputs, the batch dimension first.
 * @param biasDims The dimensions in which the bias differs; it is broadcast over the others. Negative ones count from the
 *   end. With null it differs in all but the batch dimension, with none it is a scalar.
 * @returns The sizes of `biasDims` and 1 for the others, without leading ones.
 * @throws ValueError when `biasDims` has the batch dimension, or one that the inputs do not have.
 *
 * Sonnet: `snt.python.modules.basic.calculate_bias_shape`.
 *
 * @example
 * ```ts
 * import { calculateBiasShape } from '@sonnetjs/layers';
 * import assert from 'node:assert';
 *
 * assert.deepEqual(calculateBiasShape([8, 28, 20, 3], null), [28, 20, 3]);
 * assert.deepEqual(calculateBiasShape([8, 28, 20, 3], [1]), [28, 1, 1]);
 * assert.deepEqual(calculateBiasShape([8, 28, 20, 3], []), []);
 * ```
 */
export function calculateBiasShape(inputShape: readonly number[], biasDims: readonly number[] | null): number[] {
  if (biasDims === null || biasDims === undefined) return inputShape.slice(1);
  const rank = inputShape.length;
  const shape = inputShape.map(() => 1);
  for (const dim of biasDims) {
    if (!Number.isInteger(dim) || dim < -rank || dim >= rank) {
      throw new ValueError(
        `biasDims must be dimensions of the inputs [${inputShape.join(', ')}]: integers from ${-rank} to ${rank - 1}; ` +
          `got [${biasDims.join(', ')}].`,
      );
    }
    const index = (dim + rank) % rank;
    if (index === 0) {
      throw new ValueError(
        `Cannot apply bias across the minibatch dimension: biasDims [${biasDims.join(', ')}] has the dimension 0 of the ` +
          `inputs [${inputShape.join(', ')}].`,
      );
    }
    shape[index] = inputShape[index] as number;
  }
  const first = shape.findIndex((size, i) => i > 0 && size !== 1);
  return first < 0 ? [] : shape.slice(first);
}
