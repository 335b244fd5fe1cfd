import * as tf from '@tensorflow/tfjs-core';
import { type Digits, IMAGE_SIZE } from './digits.ts';

/** Digits as TensorFlow.js takes them; who asks for them disposes them. */
export interface DigitTensors {
  /** float32 [count, 28, 28]. */
  readonly images: tf.Tensor;
  /** int32 [count]. */
  readonly labels: tf.Tensor;
}

export function toTensors({ count, pixels, labels }: Digits): DigitTensors {
  return {
    images: tf.tensor3d(pixels, [count, IMAGE_SIZE, IMAGE_SIZE]),
    labels: tf.tensor1d(labels, 'int32'),
  };
}
