import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { defineInitializer } from './define-initializer.ts';
import type { Initializer } from './initializer.ts';

/** Options of {@link identity}. */
export interface IdentityOptions {
  /** Factor of the identity matrix. Default 1. */
  readonly gain?: number;
}

/**
 * Initializes a matrix with ones (times `gain`) on its diagonal and zeros elsewhere, float32.
 *
 * @throws ValueError when the gain is not finite; from the initializer unless the shape has two dimensions.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const w = initializers.identity({ gain: 2 })([2, 3], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert.deepStrictEqual([...(await w.data())], [2, 0, 0, 0, 2, 0]);
 * ```
 *
 * TensorFlow 1: `tf.initializers.identity`.
 */
export function identity({ gain = 1 }: IdentityOptions = {}): Initializer {
  if (!Number.isFinite(gain)) throw new ValueError(`initializers.identity: gain must be finite; got ${gain}.`);
  return defineInitializer('identity', { gain }, ['float32'], (shape, _, context) => {
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined) {
      throw new ValueError(
        `initializers.identity for "${context.name}": the shape must have two dimensions; got [${shape}].`,
      );
    }
    const [firstRow = 0, firstColumn = 0] = context.partition?.offset ?? [];
    const values = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      const j = firstRow + i - firstColumn;
      if (j >= 0 && j < columns) values[i * columns + j] = gain;
    }
    return tf.tensor(values, shape, 'float32');
  });
}
