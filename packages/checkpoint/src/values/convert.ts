import type * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../checkpoint-error.ts';
import { describeTensor, type StoredTensor } from './stored-tensor.ts';

/** The values of a tensor of TensorFlow.js. */
export type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A copy of a tensor's bytes, which begins where every typed array may begin. */
type Bytes = Uint8Array<ArrayBuffer>;

type Reader = (bytes: Bytes) => ArrayLike<number | bigint>;

const readers: Readonly<Record<string, Reader>> = {
  bool: (bytes) => bytes,
  uint8: (bytes) => bytes,
  int8: (bytes) => new Int8Array(bytes.buffer),
  int16: (bytes) => new Int16Array(bytes.buffer),
  uint16: (bytes) => new Uint16Array(bytes.buffer),
  int32: (bytes) => new Int32Array(bytes.buffer),
  uint32: (bytes) => new Uint32Array(bytes.buffer),
  int64: (bytes) => new BigInt64Array(bytes.buffer),
  uint64: (bytes) => new BigUint64Array(bytes.buffer),
  float16: (bytes) => widenFloat16(new Uint16Array(bytes.buffer)),
  bfloat16: (bytes) => widenBfloat16(new Uint16Array(bytes.buffer)),
  float32: (bytes) => new Float32Array(bytes.buffer),
  float64: (bytes) => new Float64Array(bytes.buffer),
};

/** The dtypes that can become a dtype of TensorFlow.js. */
const sources: Readonly<Record<string, readonly string[]>> = {
  float32: ['float32', 'float64', 'float16', 'bfloat16'],
  int32: ['int32', 'int64', 'uint8', 'int8', 'uint16', 'int16', 'uint32', 'uint64'],
  bool: ['bool'],
};

/** Whether tensors of a file's dtype can become tensors of a dtype of TensorFlow.js. */
export function canBecome(stored: string, dtype: string): boolean {
  return sources[dtype]?.includes(stored) ?? false;
}

/** The dtype of TensorFlow.js that holds a file's dtype best, or null when there is none. */
export function naturalDtype(stored: string): 'float32' | 'int32' | 'bool' | null {
  for (const dtype of ['float32', 'int32', 'bool'] as const) if (canBecome(stored, dtype)) return dtype;
  return null;
}

/**
 * The values of a stored tensor in a dtype of TensorFlow.js, in an array of their own.
 *
 * @param name How errors call the tensor.
 * @throws CheckpointError when the dtype cannot be converted, or a value has no place in it.
 */
export function convertValues(name: string, tensor: StoredTensor, dtype: tf.DataType): Values {
  const read = readers[tensor.dtype];
  if (read === undefined || !canBecome(tensor.dtype, dtype)) {
    throw new CheckpointError(`"${name}" is ${describeTensor(tensor)} and cannot become ${dtype}.`);
  }
  const values = read(tensor.bytes().slice());
  if (dtype === 'bool') return toBool(name, values as Bytes);
  return dtype === 'float32' ? toFloat32(name, values) : toInt32(name, values);
}

function toFloat32(name: string, values: ArrayLike<number | bigint>): Float32Array<ArrayBuffer> {
  if (values instanceof Float32Array) return values as Float32Array<ArrayBuffer>;
  const result = new Float32Array(values as ArrayLike<number>);
  for (let i = 0; i < result.length; i++) {
    if (!Number.isFinite(result[i]) && Number.isFinite(values[i])) throw outOfRange(name, i, values[i], 'float32');
  }
  return result;
}

function toInt32(name: string, values: ArrayLike<number | bigint>): Int32Array<ArrayBuffer> {
  if (values instanceof Int32Array) return values as Int32Array<ArrayBuffer>;
  const result = new Int32Array(values.length);
  for (let i = 0; i < result.length; i++) {
    const value = Number(values[i]);
    result[i] = value;
    if (result[i] !== value) throw outOfRange(name, i, values[i], 'int32');
  }
  return result;
}

function toBool(name: string, values: Bytes): Bytes {
  const wrong = values.findIndex((value) => value > 1);
  if (wrong >= 0) throw outOfRange(name, wrong, values[wrong], 'bool');
  return values;
}

function outOfRange(name: string, index: number, value: unknown, dtype: string): CheckpointError {
  return new CheckpointError(`Element ${index} of "${name}" is ${value}, which ${dtype} cannot hold.`);
}

function widenBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

/** Every number of 16 bits is also one of 32; those below 2^-14 change their representation. */
function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) result[i] = fromFloat16(halves[i] ?? 0);
  return result;
}

function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
