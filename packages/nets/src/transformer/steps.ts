import { mergeLeadingDims, splitLeadingDim } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Applies a function of [rows, features] to every step of a batch of sequences.
 *
 * @param fn Gives [rows, otherFeatures].
 * @param inputs [batch, steps, features].
 * @returns [batch, steps, otherFeatures].
 */
export function overSteps(fn: (rows: tf.Tensor) => tf.Tensor, inputs: tf.Tensor): tf.Tensor {
  return splitLeadingDim(fn(mergeLeadingDims(inputs)), inputs);
}

/** The last elements along an axis; all of them where there are not more. */
export function lastOf(tensor: tf.Tensor, axis: number, count: number): tf.Tensor {
  const size = tensor.shape[axis] as number;
  if (size <= count) return tensor;
  return tf.slice(
    tensor,
    tensor.shape.map((_, i) => (i === axis ? size - count : 0)),
  );
}

/**
 * Appends steps to a memory, which loses as many of its oldest ones.
 *
 * @param memory [batch, memorySize, features].
 * @param added [batch, steps, features].
 * @returns [batch, memorySize, features].
 */
export function remember(memory: tf.Tensor, added: tf.Tensor): tf.Tensor {
  const size = memory.shape[1] as number;
  const kept = size - (added.shape[1] as number);
  return kept > 0 ? tf.concat([lastOf(memory, 1, kept), added], 1) : lastOf(added, 1, size);
}
