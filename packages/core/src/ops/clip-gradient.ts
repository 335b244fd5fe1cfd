import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { toTensor } from './to-tensor.ts';

/**
 * Gives its input back, and clips the gradient that flows through it, element by element.
 *
 * @param net Any shape, float32; a number or nested array becomes a tensor.
 * @param clipValueMin The least gradient: a number, or a scalar tensor.
 * @param clipValueMax The greatest gradient: a number, or a scalar tensor.
 * @returns A new tensor with the values of `net`.
 * @throws ValueError when `net` is not float32, or a bound is NaN, not a scalar, or above the other.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { clipGradient } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const dx = tf.grad((x) => clipGradient(x, -0.5, 0.5))(tf.tensor1d([1, 2]), tf.tensor1d([3, -0.25]));
 * assert.deepStrictEqual([...(await dx.data())], [0.5, -0.25]);
 * ```
 *
 * Sonnet: `snt.clip_gradient`.
 */
export function clipGradient(
  net: tf.Tensor | tf.TensorLike,
  clipValueMin: number | tf.Tensor,
  clipValueMax: number | tf.Tensor,
): tf.Tensor {
  checkBounds(clipValueMin, clipValueMax);
  return tf.tidy(() => {
    const input = toTensor(net, 'clipGradient', 'net');
    if (input.dtype !== 'float32') {
      throw new ValueError(`clipGradient does not support non-float \`net\` inputs; got dtype ${input.dtype}.`);
    }
    const identity = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => clip(dy, clipValueMin, clipValueMax),
    }));
    return identity(input);
  });
}

function clip(x: tf.Tensor, min: number | tf.Tensor, max: number | tf.Tensor): tf.Tensor {
  if (typeof min === 'number' && typeof max === 'number') return tf.clipByValue(x, min, max);
  return tf.maximum(tf.minimum(x, max), min);
}

function checkBounds(min: number | tf.Tensor, max: number | tf.Tensor): void {
  for (const [name, bound] of [
    ['clipValueMin', min],
    ['clipValueMax', max],
  ] as const) {
    if (typeof bound === 'number' ? Number.isNaN(bound) : bound.rank !== 0) {
      const got = typeof bound === 'number' ? bound : `shape [${bound.shape}]`;
      throw new ValueError(`clipGradient: ${name} must be a number or a scalar tensor; got ${got}.`);
    }
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    throw new ValueError(`clipGradient: clipValueMin must not exceed clipValueMax; got ${min} and ${max}.`);
  }
}
