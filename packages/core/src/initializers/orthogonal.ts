import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { standardNormal } from '../random/from-words.ts';
import { RandomStream } from '../random/random-stream.ts';
import { defineInitializer } from './define-initializer.ts';
import { orthonormalColumns } from './householder.ts';
import type { Initializer, InitializerContext } from './initializer.ts';

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Factor of the orthogonal matrix. Default 1. */
  readonly gain?: number;
  /**
   * A safe integer: the numbers then depend on it alone. By default they depend on the graph's seed and the variable's
   * name.
   */
  readonly seed?: number;
}

/**
 * Initializes with a random orthogonal matrix, float32.
 *
 * The variable is seen as a matrix whose columns are its last axis and whose rows are all others. The rows or the columns
 * are orthonormal, whichever are fewer, times `gain`. Each slice of a partitioned variable is orthogonal by itself.
 *
 * Saxe, McClelland, Ganguli: "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
 *
 * @throws ValueError when the gain is not finite; from the initializer for a shape of rank 0 or 1.
 * @throws TypeError from the initializer, for another data type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const w = initializers.orthogonal()([8, 3], 'float32', { name: 'rnn/w', random: RandomStream.fromSeed(0) });
 * const product = await tf.matMul(w as tf.Tensor2D, w as tf.Tensor2D, true, false).data();
 * assert(tf.util.flatten([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).every((x, i) => Math.abs(Number(x) - product[i]!) < 1e-6));
 * ```
 *
 * TensorFlow 1: `tf.orthogonal_initializer`.
 */
export function orthogonal({ gain = 1, seed }: OrthogonalOptions = {}): Initializer {
  if (!Number.isFinite(gain)) throw new ValueError(`initializers.orthogonal: gain must be finite; got ${gain}.`);
  return defineInitializer('orthogonal', { gain, seed }, ['float32'], (shape, _, context) => {
    if (shape.length < 2) {
      throw new ValueError(
        `initializers.orthogonal for "${context.name}": the shape must have at least two dimensions; got [${shape}].`,
      );
    }
    const rows = tf.util.sizeFromShape(shape.slice(0, -1));
    const columns = shape.at(-1) as number;
    return tf.tensor(orthogonalValues(rows, columns, gain, streamOf(seed, context)), shape, 'float32');
  });
}

/** The slices of a partitioned variable draw differently, although they may have one seed. */
function streamOf(seed: number | undefined, { random, partition }: InitializerContext): RandomStream {
  return seed === undefined ? random : RandomStream.fromSeed(seed, ...(partition?.offset ?? []));
}

/** A matrix [rows, columns] in row-major order. */
function orthogonalValues(rows: number, columns: number, gain: number, stream: RandomStream): Float32Array {
  const short = Math.min(rows, columns);
  const long = Math.max(rows, columns);
  const words = stream.bits(rows * columns);
  const normal = new Float64Array(rows * columns);
  for (let i = 0; i < long; i++) {
    for (let j = 0; j < short; j++) normal[j * long + i] = standardNormal(words[i * short + j] as number);
  }
  const q = orthonormalColumns(normal, long, short);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      // Column after column, the long way: as it stands for a wide matrix, transposed for a tall one.
      values[i * columns + j] = gain * (q[rows < columns ? i * long + j : j * long + i] as number);
    }
  }
  return values;
}
