import * as tf from '@tensorflow/tfjs-core';
import { type Kernel, type KernelFamily, kernel, type Runtime } from './kernel.ts';

/** Kernels that TensorFlow has for numbers and not for truth values. */
export const dtypeFamily: KernelFamily = (runtime) => ({
  ...Object.fromEntries(
    [tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual].map((name) => [name, comparison(runtime, name)]),
  ),
  ...Object.fromEntries([tf.BatchToSpaceND, tf.SpaceToBatchND].map((name) => [name, movement(runtime, name)])),
});

function comparison({ stock }: Runtime, name: string): Kernel {
  return kernel(({ a, b }, attrs) => {
    const numbers = [a, b].map((x) => (x?.dtype === 'bool' ? tf.cast(x, 'int32') : x)) as [tf.Tensor, tf.Tensor];
    return stock(name)({ a: numbers[0], b: numbers[1] }, attrs as object);
  });
}

function movement({ stock }: Runtime, name: string): Kernel {
  return kernel((inputs, attrs) => {
    const { x } = inputs as Record<'x', tf.Tensor>;
    if (x.dtype !== 'bool') return stock(name)(inputs, attrs as object);
    return tf.cast(stock(name)({ x: tf.cast(x, 'int32') }, attrs as object), 'bool');
  });
}
