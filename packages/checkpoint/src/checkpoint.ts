import { KeyError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from './checkpoint-error.ts';
import { parseSafetensors } from './safetensors/parse.ts';
import { checkSeal, STATE_KEY } from './state/seal.ts';
import { decodeState, type TrainingState } from './state/training-state.ts';
import { type CheckpointSource, openSource } from './storage/source.ts';
import { readBundle, shardSuffix } from './tensor-bundle/bundle.ts';
import { isTable } from './tensor-bundle/table.ts';
import { convertValues, naturalDtype } from './values/convert.ts';
import { describeTensor, type StoredTensor } from './values/stored-tensor.ts';

/** What {@link Checkpoint} is made of. */
interface CheckpointParts {
  readonly format: 'safetensors' | 'tensorflow';
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly state: TrainingState | null;
}

/** A checkpoint in memory: what {@link readCheckpoint} gives. */
export class Checkpoint {
  readonly format: 'safetensors' | 'tensorflow';
  /** All tensors of the checkpoint by name, those of optimizers and of the caller too: these have a colon in their names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The texts in a safetensors file's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  /** @internal */
  readonly state: TrainingState | null;

  /** @internal */
  constructor({ format, tensors, metadata, state }: CheckpointParts) {
    this.format = format;
    this.tensors = tensors;
    this.metadata = metadata;
    this.state = state;
  }

  /** The step that was given to `save`; null when none was, and for checkpoints that another program wrote. */
  get step(): number | null {
    return this.state?.step ?? null;
  }

  /**
   * One tensor as a new tensor of TensorFlow.js: float32, int32 or bool, whichever holds its dtype.
   *
   * @throws KeyError when there is none of that name.
   * @throws CheckpointError when it is damaged, when its dtype cannot be converted, or a value is out of range.
   */
  read(name: string): tf.Tensor {
    const stored = this.tensors.get(name);
    if (stored === undefined) throw new KeyError(`The checkpoint has no tensor "${name}".`);
    const dtype = naturalDtype(stored.dtype);
    if (dtype === null) throw new CheckpointError(`"${name}" is ${describeTensor(stored)} and cannot be read.`);
    return tf.tensor(convertValues(name, stored, dtype), [...stored.shape], dtype);
  }
}

/**
 * Reads a checkpoint of either format into memory: a safetensors file, or a TensorFlow checkpoint (the tensor bundle of
 * TensorFlow 1 and 2).
 *
 * It takes the files' bytes once and at most 1 GiB besides them, whatever the files say: a safetensors header may have
 * 16 MiB, an index 16 MiB (decompressed), 64 MiB of names and 262,144 entries.
 *
 * @param source Paths in node, addresses, bytes or files: see {@link CheckpointSource}.
 * @throws CheckpointError when there is no checkpoint, or it is damaged.
 * @throws TypeError when `source` is not a source.
 *
 * @example
 * ```ts
 * import { readCheckpoint, serializeSafetensors } from '@sonnetjs/checkpoint';
 * import assert from 'node:assert';
 *
 * const file = serializeSafetensors([['w', { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0x4200) }]]);
 * const checkpoint = await readCheckpoint(new Blob([file]));
 * assert.equal(checkpoint.tensors.get('w')?.dtype, 'float16');
 * assert.deepEqual([...checkpoint.read('w').dataSync()], [1, 3]);
 * ```
 */
export async function readCheckpoint(source: CheckpointSource): Promise<Checkpoint> {
  const files = await openSource(source);
  if (files.kind === 'single') return safetensorsCheckpoint(files.bytes);
  const tensors = await readBundle(files.index, (shard, count) => files.read(shardSuffix(shard, count)));
  return new Checkpoint({ format: 'tensorflow', tensors, metadata: new Map(), state: null });
}

function safetensorsCheckpoint(bytes: Uint8Array): Checkpoint {
  if (isTable(bytes)) {
    throw new CheckpointError(
      'This is the index of a TensorFlow checkpoint: give its data files too, as an array of File objects or as an object ' +
        'of bytes by file name.',
    );
  }
  const { tensors, metadata } = parseSafetensors(bytes);
  const state = metadata.get(STATE_KEY);
  checkSeal(bytes, state !== undefined);
  return new Checkpoint({
    format: 'safetensors',
    tensors,
    metadata,
    state: state === undefined ? null : decodeState(state),
  });
}
