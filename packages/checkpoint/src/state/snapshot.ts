import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../checkpoint-error.ts';
import type { SafetensorsInput } from '../safetensors/serialize.ts';
import { type Box, copyBox } from '../values/slices.ts';
import { elementCount } from '../values/stored-tensor.ts';
import type { SavedArray } from './extra.ts';

/** A tensor in one piece or several. */
export interface TensorParts extends TensorSpec {
  readonly parts: readonly { readonly tensor: tf.Tensor; readonly box: Box }[];
}

/**
 * Tensors as they are at one moment, under the names of a file. What changes them later does not change it, since it holds
 * copies, which cost nothing until then.
 */
export class Snapshot {
  readonly #tensors: Map<string, TensorParts> = new Map();
  readonly #arrays: Map<string, SafetensorsInput> = new Map();
  /** The names of tensors and arrays that a caller may refer to. */
  readonly #names: Map<object, string> = new Map();

  /** @throws ValueError when the tensor was disposed. */
  add(name: string, { dtype, shape, parts }: TensorParts): void {
    for (const { tensor } of parts) {
      if (tensor.isDisposed) throw new ValueError(`save: "${name}" was disposed.`);
    }
    const copies = parts.map(({ tensor, box }) => ({ tensor: tf.keep(tf.clone(tensor)), box }));
    this.#tensors.set(name, { dtype, shape, parts: copies });
    if (parts.length === 1 && parts[0] !== undefined) this.#names.set(parts[0].tensor, name);
  }

  /** Adds a tensor that the caller gave, unless it is there, and gives its name. */
  addTensor(tensor: tf.Tensor): string {
    const known = this.#names.get(tensor);
    if (known !== undefined) return known;
    if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
      throw new TypeError(`save: a tensor of dtype ${tensor.dtype} in extra cannot be saved.`);
    }
    const name = this.#newName();
    const box = { offset: tensor.shape.map(() => 0), shape: tensor.shape };
    this.add(name, { dtype: tensor.dtype, shape: tensor.shape, parts: [{ tensor, box }] });
    return name;
  }

  /** Adds an array that the caller gave, unless it is there, and gives its name. */
  addArray(dtype: string, array: SavedArray): string {
    const known = this.#names.get(array);
    if (known !== undefined) return known;
    const name = this.#newName();
    // As plain bytes: the slice of one of node's Buffers would not be a copy.
    const data = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
    this.#arrays.set(name, { dtype, shape: [array.length], data });
    this.#names.set(array, name);
    return name;
  }

  #newName(): string {
    return `extra:${this.#tensors.size + this.#arrays.size}`;
  }

  /** Reads the values; the copies are freed afterwards, whether this succeeds or not. */
  async read(): Promise<[string, SafetensorsInput][]> {
    try {
      const tensors = [...this.#tensors].map(async ([name, tensor]): Promise<[string, SafetensorsInput]> => {
        const { dtype, shape } = tensor;
        return [name, { dtype, shape, data: await readParts(tensor) }];
      });
      return [...(await Promise.all(tensors)), ...this.#arrays];
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    for (const { parts } of this.#tensors.values()) tf.dispose(parts.map(({ tensor }) => tensor));
    this.#tensors.clear();
  }
}

type Data = Float32Array | Int32Array | Uint8Array;

async function readParts({ shape, parts }: TensorParts): Promise<Data> {
  const data = (await Promise.all(parts.map(({ tensor }) => tensor.data()))) as Data[];
  const [first] = data as [Data];
  if (data.length === 1) return first;
  const whole = new (first.constructor as new (length: number) => Data)(elementCount(shape) ?? 0);
  for (const [i, { box }] of parts.entries()) copyBox('into', whole, shape, data[i] as Data, box);
  return whole;
}
