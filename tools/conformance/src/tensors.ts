import * as tf from '@tensorflow/tfjs-core';
import type { TensorValue } from './case-format.ts';

/** The dtype here of a dtype of TensorFlow: 64-bit integers become 32-bit ones, and the rest keep their names. */
export function dtypeHere(dtype: string): tf.DataType {
  return (dtype === 'int64' ? 'int32' : dtype) as tf.DataType;
}

/** A number as JSON writes it: non-finite ones are strings. */
export function toNumber(value: number | string | boolean): number {
  return Number(value);
}

/** The elements of a tensor that is written down, all of them. */
export function elementsOf(value: TensorValue): number[] {
  if (value.data !== undefined) return value.data.map(toNumber);
  if (value.pattern === undefined) throw new Error('A tensor with statistics only has no elements.');
  const { seed, scale, offset = 0 } = value.pattern;
  const size = value.shape.reduce((product, dim) => product * dim, 1);
  return Array.from({ length: size }, (_, i) =>
    Math.fround(((((i * 7919 + seed * 104729) % 10007) / 10007) * 2 - 1) * scale + offset),
  );
}

/** A new tensor of this value. */
export function makeTensor(value: TensorValue): tf.Tensor {
  const dtype = dtypeHere(value.dtype);
  const elements = elementsOf(value);
  return tf.tensor(typed(elements, dtype), value.shape, dtype);
}

function typed(elements: number[], dtype: tf.DataType): Float32Array | Int32Array | Uint8Array {
  if (dtype === 'int32') return Int32Array.from(elements);
  return dtype === 'bool' ? Uint8Array.from(elements) : Float32Array.from(elements);
}

/** The elements that a tensor has now. */
export function readElements(tensor: tf.Tensor): number[] {
  return Array.from(tensor.dataSync() as ArrayLike<number>, Number);
}
