import * as tf from '@tensorflow/tfjs-core';
import { add, copy, reshape, sumOver, zeros } from './kernel-calls.ts';

/**
 * Sums the gradient of a broadcast operand back to the operand's shape.
 *
 * @param gradient A gradient in the shape of the result.
 * @param shape The operand's shape, which broadcasts to that of `gradient`.
 * @returns The sum; `gradient` itself when the shapes are equal.
 */
export function sumTo(gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  if (gradient.size === 0) return zeros(shape);
  const lead = gradient.rank - shape.length;
  const axes: number[] = [];
  gradient.shape.forEach((size, axis) => {
    if (size !== 1 && (axis < lead || shape[axis - lead] === 1)) axes.push(axis);
  });
  const summed = axes.length > 0 ? sumOver(gradient, axes) : gradient;
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}

/** The gradient of an operand that the result passes on unchanged: `dy` summed to the operand's shape, as a new tensor. */
export function passTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const gradient = sumTo(dy, shape);
  return gradient === dy ? copy(dy) : gradient;
}

/**
 * Repeats a tensor to a shape that it broadcasts to. On wasm a sum with zeros is many times faster than `tf.broadcastTo`.
 *
 * @returns A new float32 tensor of that shape.
 */
export function spreadTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return x.size === tf.util.sizeFromShape([...shape]) ? reshape(x, shape) : add(zeros(shape), x);
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `shape` with the given axes reduced to size 1. */
export function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}
