import { ValueError } from '@sonnetjs/core';
import type { TensorSpec } from '../checkpoint-error.ts';
import { describeTensor, elementCount, itemSizes } from '../values/stored-tensor.ts';
import { rankOf, spellingOf } from './dtypes.ts';
import { MAX_HEADER_BYTES, PREAMBLE_BYTES } from './header.ts';
import { isWellFormed } from './well-formed.ts';

/** Bytes in plain memory, as `Blob`, `Response` and files take them; TypeScript before 5.7 cannot say `Uint8Array<ArrayBuffer>`. */
export type Bytes = Uint8Array & { readonly buffer: ArrayBuffer };

/** A tensor that is to be written. */
export interface SafetensorsInput extends TensorSpec {
  /** The elements in row-major order, in an array whose bytes are those of the dtype. */
  readonly data: ArrayBufferView;
}

/** Options of {@link serializeSafetensors}. */
export interface SerializeSafetensorsOptions {
  /** Texts that go into the file's `__metadata__`, which is left out when there are none. */
  readonly metadata?: Iterable<readonly [string, string]>;
}

/**
 * Writes a safetensors file: the same bytes as Hugging Face's own library, with the metadata sorted by key.
 *
 * @param tensors Names and tensors. The file has them sorted by dtype, then by name.
 * @param options `metadata`: texts by name.
 * @returns The whole file.
 * @throws ValueError when two tensors have one name, a name cannot be used, a dtype does not exist in the format, or the
 *   data does not have the size of the shape; when the header gets longer than 16 MiB.
 *
 * @example
 * ```ts
 * import { serializeSafetensors } from '@sonnetjs/checkpoint';
 * import assert from 'node:assert';
 *
 * const file = serializeSafetensors([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) }]]);
 * const header = new TextDecoder().decode(file.subarray(8, -8));
 * assert.deepEqual(JSON.parse(header), { w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } });
 * ```
 *
 * Format: https://github.com/huggingface/safetensors
 */
export function serializeSafetensors(
  tensors: Iterable<readonly [string, SafetensorsInput]>,
  options: SerializeSafetensorsOptions = {},
): Bytes {
  const sorted = [...tensors].sort(([a, x], [b, y]) => rankOf(y.dtype) - rankOf(x.dtype) || compareText(a, b));
  const metadata = [...(options.metadata ?? [])].sort(([a], [b]) => compareText(a, b));
  const header = encodeHeader(sorted, metadata);
  const dataLength = sorted.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const file = new Uint8Array(PREAMBLE_BYTES + header.length + dataLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREAMBLE_BYTES);
  let at = PREAMBLE_BYTES + header.length;
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** The header, with blanks at its end so that the data begins at a multiple of eight bytes. */
function encodeHeader(
  tensors: readonly (readonly [string, SafetensorsInput])[],
  metadata: readonly (readonly [string, string])[],
): Uint8Array {
  const members: [string, string][] = [];
  if (metadata.length > 0) members.push(['__metadata__', objectOf(metadata.map(([key, text]) => [key, quote(text)]))]);
  let end = 0;
  for (const [name, tensor] of tensors) {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    const entry = { dtype: spellingOf(tensor.dtype), shape: tensor.shape, data_offsets: [begin, end] };
    members.push([name, JSON.stringify(entry)]);
  }
  const text = new TextEncoder().encode(objectOf(members));
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new ValueError(
      `serializeSafetensors: the header has ${length} bytes; at most ${MAX_HEADER_BYTES} can be read.`,
    );
  }
  const header = new Uint8Array(length).fill(0x20);
  header.set(text);
  return header;
}

function checkTensor(name: string, tensor: SafetensorsInput): void {
  const itemSize = itemSizes.get(tensor.dtype);
  if (name === '__metadata__' || spellingOf(tensor.dtype) === undefined || itemSize === undefined) {
    throw new ValueError(`serializeSafetensors: cannot write "${name}", ${describeTensor(tensor)}.`);
  }
  const count = elementCount(tensor.shape);
  if (count === null || count * itemSize !== tensor.data.byteLength) {
    throw new ValueError(
      `serializeSafetensors: "${name}" is ${describeTensor(tensor)}, but has ${tensor.data.byteLength} bytes.`,
    );
  }
}

function objectOf(members: readonly (readonly [string, string])[]): string {
  const keys = new Set(members.map(([key]) => key));
  if (keys.size < members.length) throw new ValueError('serializeSafetensors: a name comes twice.');
  if (keys.has('__proto__')) throw new ValueError('serializeSafetensors: nothing can be named __proto__.');
  return `{${members.map(([key, json]) => `${quote(key)}:${json}`).join(',')}}`;
}

function quote(text: string): string {
  if (isWellFormed(text)) return JSON.stringify(text);
  throw new ValueError(`serializeSafetensors: half a surrogate pair cannot be written: ${JSON.stringify(text)}.`);
}

/** Orders texts as their UTF-8 is ordered: by code points, where UTF-16 has the pairs of surrogates too early. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y);
  }
  return a.length - b.length;
}

function surrogatesLast(code: number): number {
  if (code < 0xd800) return code;
  return code < 0xe000 ? code + 0x2000 : code - 0x800;
}
