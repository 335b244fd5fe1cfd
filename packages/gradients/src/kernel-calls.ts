import * as tf from '@tensorflow/tfjs-core';

/**
 * Direct calls of kernels. A gradient runs for every op of every training step; going to the kernel skips the conversion
 * of arguments and the scope that each function of tfjs opens, up to a microsecond a call.
 */
export function runKernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attrs?: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/**
 * A new tensor with the same data. A gradient that is `dy` itself must be returned as a copy: the engine disposes a
 * gradient when it accumulates into it, and `dy` may also be the gradient of another input, or the caller's tensor.
 */
export function copy(x: tf.Tensor): tf.Tensor {
  return runKernel(tf.Identity, { x });
}

/** `x` in another shape, always as a new tensor. */
export function reshape(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return runKernel(tf.Reshape, { x }, { shape });
}

/** A float32 tensor of zeros. */
export function zeros(shape: readonly number[]): tf.Tensor {
  return runKernel(tf.Fill, {}, { shape, value: 0, dtype: 'float32' });
}

/** `x` as float32; `x` itself where it is that already. */
export function float(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : runKernel(tf.Cast, { x }, { dtype: 'float32' });
}

/** `a · b` in float32, broadcast. */
export function multiply(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.Multiply, { a: float(a), b: float(b) });
}

/** `a / b` in float32, broadcast. */
export function divide(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.RealDiv, { a: float(a), b: float(b) });
}

/** `a + b` in float32, broadcast. */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.Add, { a: float(a), b: float(b) });
}

/** `a - b` in float32, broadcast. */
export function subtract(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return runKernel(tf.Sub, { a: float(a), b: float(b) });
}

/** `-x` in float32. */
export function negative(x: tf.Tensor): tf.Tensor {
  return runKernel(tf.Neg, { x: float(x) });
}

/** The sum of a float32 tensor over some of its axes. */
export function sumOver(x: tf.Tensor, axes: number | readonly number[], keepDims = false): tf.Tensor {
  return runKernel(tf.Sum, { x }, { axis: axes, keepDims });
}

/** 1 where `x` is positive and `otherwise` elsewhere, in float32. */
export function step(x: tf.Tensor, otherwise = 0): tf.Tensor {
  return runKernel(tf.Step, { x: float(x) }, { alpha: otherwise });
}

/** `value` where `condition` holds and 0 elsewhere; unlike a product with a mask, it stops infinities and NaN. */
export function keepWhere(condition: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return runKernel(tf.Select, { condition, t: value, e: zeros(value.shape) });
}
