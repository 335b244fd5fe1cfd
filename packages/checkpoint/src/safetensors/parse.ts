import { CheckpointError } from '../checkpoint-error.ts';
import type { StoredTensor } from '../values/stored-tensor.ts';
import { type HeaderEntry, MAX_HEADER_BYTES, PREAMBLE_BYTES, parseHeader } from './header.ts';

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors by name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file. The tensors are views of its bytes.
 *
 * Besides the bytes it takes at most 32 times the header's length, and no header may be longer than 16 MiB.
 *
 * @param bytes The whole file.
 * @throws CheckpointError when it is not a safetensors file, or is damaged.
 *
 * @example
 * ```ts
 * import { parseSafetensors, serializeSafetensors } from '@sonnetjs/checkpoint';
 * import assert from 'node:assert';
 *
 * const file = serializeSafetensors([['w', { dtype: 'int32', shape: [2], data: Int32Array.of(3, 4) }]]);
 * const w = parseSafetensors(file).tensors.get('w');
 * assert.deepEqual(w?.shape, [2]);
 * assert.deepEqual([...(w?.bytes() ?? [])], [3, 0, 0, 0, 4, 0, 0, 0]);
 * ```
 *
 * Format: https://github.com/huggingface/safetensors
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const headerLength = readHeaderLength(bytes);
  const dataStart = PREAMBLE_BYTES + headerLength;
  const text = decode(bytes.subarray(PREAMBLE_BYTES, dataStart));
  const { metadata, entries } = parseHeader(text, bytes.length - dataStart);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of entries) tensors.set(name, view(bytes, dataStart, entry));
  return { tensors, metadata };
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < PREAMBLE_BYTES) {
    throw new CheckpointError(`Not a safetensors file: it has ${bytes.length} bytes only.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - PREAMBLE_BYTES)) {
    throw new CheckpointError(
      `Not a safetensors file, or one that is cut off: its header should have ${length} bytes, but the file has ` +
        `${bytes.length}.`,
    );
  }
  if (length > MAX_HEADER_BYTES) {
    throw new CheckpointError(
      `The safetensors header has ${length} bytes; more than ${MAX_HEADER_BYTES} are not read.`,
    );
  }
  return Number(length);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckpointError('Not a safetensors file: its header is not UTF-8.');
  }
}

function view(file: Uint8Array, dataStart: number, { dtype, shape, begin, end }: HeaderEntry): StoredTensor {
  const start = file.byteOffset + dataStart + begin;
  // A plain array even if the file is one of node's Buffers, whose slices are not copies.
  return { dtype, shape, bytes: () => new Uint8Array(file.buffer, start, end - begin) };
}
