import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { toTensor } from './to-tensor.ts';

/** Options of {@link mergeLeadingDims} and {@link splitLeadingDim}. */
export interface LeadingDimsOptions {
  /** How many leading dimensions, at least 1. Default 2. */
  readonly nDims?: number;
}

/**
 * Merges the first dimensions of a tensor into one: [2, 3, 4] becomes [6, 4].
 *
 * @param arrayOrTensor A tensor, a number, or a nested or typed array.
 * @returns The merged tensor; or the argument as it is, when it has fewer than `nDims` dimensions.
 * @throws ValueError when `nDims` is not an integer of at least 1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { mergeLeadingDims } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * assert.deepStrictEqual(mergeLeadingDims(tf.zeros([2, 3, 4])).shape, [6, 4]);
 * assert.deepStrictEqual(mergeLeadingDims(tf.zeros([2, 3, 4]), { nDims: 3 }).shape, [24]);
 * assert.strictEqual(mergeLeadingDims(5), 5);
 * ```
 *
 * Sonnet: `snt.merge_leading_dims`.
 */
export function mergeLeadingDims(arrayOrTensor: tf.Tensor, options?: LeadingDimsOptions): tf.Tensor;
export function mergeLeadingDims<T extends tf.TensorLike>(
  arrayOrTensor: T,
  options?: LeadingDimsOptions,
): tf.Tensor | T;
export function mergeLeadingDims<T extends tf.TensorLike>(
  arrayOrTensor: tf.Tensor | T,
  { nDims = 2 }: LeadingDimsOptions = {},
): tf.Tensor | T {
  checkNDims('mergeLeadingDims', nDims);
  if (arrayOrTensor instanceof tf.Tensor) return merge(arrayOrTensor, nDims);
  const tensor = toTensor(arrayOrTensor, 'mergeLeadingDims', 'arrayOrTensor');
  const merged = tensor.rank < nDims ? arrayOrTensor : merge(tensor, nDims);
  tensor.dispose();
  return merged;
}

/**
 * Splits the first dimension of a tensor as the first dimensions of another tensor: [6, 2] like [2, 3, 4] becomes
 * [2, 3, 2]. It undoes {@link mergeLeadingDims}.
 *
 * @param tensor A tensor, or a number or nested array that becomes one.
 * @param inputs The tensor whose leading dimensions are taken.
 * @throws ValueError when `nDims` is not an integer of at least 1, or the sizes do not match.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { splitLeadingDim } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * assert.deepStrictEqual(splitLeadingDim(tf.zeros([6, 2]), tf.zeros([2, 3, 4])).shape, [2, 3, 2]);
 * ```
 *
 * Sonnet: `snt.split_leading_dim`.
 */
export function splitLeadingDim(
  tensor: tf.Tensor | tf.TensorLike,
  inputs: tf.Tensor | tf.TensorLike,
  { nDims = 2 }: LeadingDimsOptions = {},
): tf.Tensor {
  checkNDims('splitLeadingDim', nDims);
  return tf.tidy(() => {
    const whole = toTensor(tensor, 'splitLeadingDim', 'tensor');
    const leading = toTensor(inputs, 'splitLeadingDim', 'inputs').shape.slice(0, nDims);
    if (tf.util.sizeFromShape(leading) !== (whole.shape[0] ?? 1)) {
      throw new ValueError(
        `splitLeadingDim: the first dimension of tensor [${whole.shape}] cannot be split into [${leading}].`,
      );
    }
    return tf.reshape(whole, [...leading, ...whole.shape.slice(1)]);
  });
}

function merge(tensor: tf.Tensor, nDims: number): tf.Tensor {
  if (tensor.rank < nDims) return tensor;
  const merged = tf.util.sizeFromShape(tensor.shape.slice(0, nDims));
  return tf.reshape(tensor, [merged, ...tensor.shape.slice(nDims)]);
}

function checkNDims(functionName: string, nDims: number): void {
  if (!Number.isInteger(nDims) || nDims < 1) {
    throw new ValueError(`${functionName}: nDims must be an integer of at least 1; got ${nDims}.`);
  }
}
