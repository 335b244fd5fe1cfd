import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { stopGradient } from './stop-gradient.ts';
import { toTensor } from './to-tensor.ts';

/**
 * Gives its input back, and scales the gradient that flows through it. One part of a model can so learn more slowly.
 *
 * With scale 0 no gradient flows at all. Mind that an optimizer which normalizes gradients, such as RMSProp or Adam,
 * undoes the scale.
 *
 * @param net Any shape; float32 unless the scale is 0 or 1. A number or nested array becomes a tensor.
 * @param scale Factor of the gradient.
 * @returns A new tensor with the values of `net`.
 * @throws TypeError when `scale` is not a number.
 * @throws ValueError when `net` is not float32 and `scale` is neither 0 nor 1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { scaleGradient } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const dx = tf.grad((x) => scaleGradient(x, 0.5))(tf.tensor1d([1, 2]), tf.tensor1d([3, -4]));
 * assert.deepStrictEqual([...(await dx.data())], [1.5, -2]);
 * ```
 *
 * Sonnet: `snt.scale_gradient`.
 */
export function scaleGradient(net: tf.Tensor | tf.TensorLike, scale: number): tf.Tensor {
  if (typeof scale !== 'number' || Number.isNaN(scale)) {
    throw new TypeError(`scaleGradient: scale must be a number; got ${String(scale)}.`);
  }
  return tf.tidy(() => {
    const input = toTensor(net, 'scaleGradient', 'net');
    if (scale === 0) return stopGradient(input);
    if (scale === 1) return tf.clone(input);
    if (input.dtype !== 'float32') {
      throw new ValueError(
        `scaleGradient does not support non-float \`net\` inputs, unless scale is 0 or 1; ` +
          `got dtype ${input.dtype} and scale ${scale}.`,
      );
    }
    const identity = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy) => tf.mul(dy, scale) }));
    return identity(input);
  });
}
