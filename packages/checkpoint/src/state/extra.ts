import { nest } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../checkpoint-error.ts';
import { convertValues, naturalDtype } from '../values/convert.ts';
import type { StoredTensor } from '../values/stored-tensor.ts';
import type { Json, JsonObject } from './bounded-json.ts';

/** Objects with this key are not the caller's, but stand for something that JSON does not have. */
const MARK = '$';

const MAX_DEPTH = 50;
/** TensorFlow.js has no tensors of more axes. */
const MAX_RANK = 6;

/** An array of numbers that a caller may save. */
export type SavedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

type ArrayType = new (buffer: ArrayBuffer) => SavedArray;

const arrayTypes: ReadonlyMap<string, ArrayType> = new Map<string, ArrayType>([
  ['uint8', Uint8Array],
  ['int8', Int8Array],
  ['uint16', Uint16Array],
  ['int16', Int16Array],
  ['uint32', Uint32Array],
  ['int32', Int32Array],
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['int64', BigInt64Array],
  ['uint64', BigUint64Array],
]);

/** Takes what JSON cannot hold, and gives the names under which it will be found. */
export interface ExtraSink {
  tensor(tensor: tf.Tensor): string;
  array(dtype: string, array: SavedArray): string;
}

/**
 * Encodes what a caller wants to save: JSON, tensors and typed arrays, in arrays, plain objects and named tuples.
 *
 * @throws TypeError when there is something else in it.
 */
export function encodeExtra(value: unknown, sink: ExtraSink, path: string = 'extra'): Json {
  if (path.split('.').length > MAX_DEPTH) throw new TypeError(`save: extra nests more than ${MAX_DEPTH} levels deep.`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (value instanceof tf.Tensor) return { [MARK]: 'tensor', name: sink.tensor(value) };
  for (const [dtype, type] of arrayTypes) {
    if (value instanceof type) return { [MARK]: 'array', name: sink.array(dtype, value) };
  }
  if (Array.isArray(value)) return value.map((item, i) => encodeExtra(item, sink, `${path}.${i}`));
  // Of named tuples the fields are kept, not the class.
  if (nest.isSequence(value)) return encodeObject(value as object, sink, path);
  throw new TypeError(
    `save: ${path} is ${describe(value)}; extra may hold JSON, tensors and typed arrays, in arrays and plain objects.`,
  );
}

function encodeNumber(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { [MARK]: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
}

function encodeObject(value: object, sink: ExtraSink, path: string): Json {
  const members: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new TypeError(`save: ${path} has the key __proto__, which cannot be saved.`);
    if (item !== undefined) members[key] = encodeExtra(item, sink, `${path}.${key}`);
  }
  return MARK in members ? { [MARK]: 'object', value: members } : members;
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `a ${value?.constructor?.name ?? 'value'}` : `${typeof value} ${String(value)}`;
}

/** Decodes what {@link encodeExtra} gave. */
export class ExtraDecoder {
  /** The tensors that were made, by name: what a caller saved twice comes back as one. */
  readonly tensors: Map<string, tf.Tensor> = new Map();
  readonly #arrays: Map<string, SavedArray> = new Map();
  readonly #stored: ReadonlyMap<string, StoredTensor>;

  constructor(stored: ReadonlyMap<string, StoredTensor>) {
    this.#stored = stored;
  }

  /** @throws CheckpointError when the value is damaged; the tensors that were made so far are the caller's to free. */
  decode(value: Json): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: Json) => this.decode(item));
    const object = value as JsonObject;
    switch (object[MARK]) {
      case undefined:
        return this.#members(object);
      case 'object':
        return this.#members(object.value);
      case 'number':
        return Number(object.value);
      case 'tensor':
        return this.#tensor(object.name);
      case 'array':
        return this.#array(object.name);
      default:
        throw damaged();
    }
  }

  #members(value: Json | undefined): Record<string, unknown> {
    if (typeof value !== 'object' || value === null) throw damaged();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.decode(item)]));
  }

  #tensor(name: Json | undefined): tf.Tensor {
    if (typeof name !== 'string') throw damaged();
    let tensor = this.tensors.get(name);
    if (tensor === undefined) {
      const stored = this.#find(name);
      const dtype = naturalDtype(stored.dtype);
      if (dtype === null || stored.shape.length > MAX_RANK) throw damaged();
      tensor = tf.tensor(convertValues(name, stored, dtype), [...stored.shape], dtype);
      this.tensors.set(name, tensor);
    }
    return tensor;
  }

  #array(name: Json | undefined): SavedArray {
    if (typeof name !== 'string') throw damaged();
    let array = this.#arrays.get(name);
    if (array === undefined) {
      const stored = this.#find(name);
      const type = arrayTypes.get(stored.dtype);
      if (type === undefined) throw damaged();
      array = new type(stored.bytes().slice().buffer as ArrayBuffer);
      this.#arrays.set(name, array);
    }
    return array;
  }

  #find(name: string): StoredTensor {
    const stored = this.#stored.get(name);
    if (stored === undefined) throw damaged();
    return stored;
  }
}

function damaged(): CheckpointError {
  return new CheckpointError('The checkpoint is damaged: what the caller saved in it as extra cannot be read.');
}
