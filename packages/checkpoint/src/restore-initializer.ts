import { type CustomGetter, GraphKeys, type Initializer, type InitializerContext } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { Checkpoint } from './checkpoint.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { canBecome, convertValues, type Values } from './values/convert.ts';
import { copyBox } from './values/slices.ts';
import { describeTensor, elementCount, type StoredTensor, sameShape } from './values/stored-tensor.ts';

/** Options of {@link restoreInitializer}. */
export interface RestoreInitializerOptions {
  /** The name in the checkpoint of a variable that has this full name here. Default: the same. */
  readonly nameFn?: (name: string) => string;
  /** Only variables of this collection are restored; null is for all. Default: `GraphKeys.GLOBAL_VARIABLES`. */
  readonly collection?: string | null;
}

/**
 * A custom getter with which new variables get their first values from a checkpoint, of either format.
 *
 * @param checkpoint What `await readCheckpoint(source)` gave: modules are built in one go, without waiting for a file.
 * @param options `nameFn` and `collection`.
 * @returns The custom getter. A connection with it fails, and leaves nothing behind, with a CheckpointError when the
 *   checkpoint does not have the variable, or has it in another shape or in a dtype that cannot be converted.
 * @throws TypeError when the first argument is not a checkpoint.
 *
 * Sonnet: `snt.custom_getters.restore_initializer`.
 *
 * @example
 * ```ts
 * import { readCheckpoint, restoreInitializer, serializeSafetensors } from '@sonnetjs/checkpoint';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import assert from 'node:assert';
 *
 * const w = { dtype: 'float32', shape: [2, 1], data: Float32Array.of(3, 4) };
 * const checkpoint = await readCheckpoint(serializeSafetensors([['teacher/w', w]]));
 *
 * const customGetter = restoreInitializer(checkpoint, { nameFn: (name) => name.replace('pupil', 'teacher') });
 * const pupil = new Linear(1, { useBias: false, customGetter, name: 'pupil' });
 * assert.deepEqual([...pupil(tf.ones([1, 2])).dataSync()], [7]);
 * ```
 */
export function restoreInitializer(checkpoint: Checkpoint, options: RestoreInitializerOptions = {}): CustomGetter {
  if (!(checkpoint instanceof Checkpoint)) {
    throw new TypeError(
      'restoreInitializer: the first argument must be a checkpoint in memory: restoreInitializer(await readCheckpoint(source)).',
    );
  }
  const { nameFn = (name) => name, collection = GraphKeys.GLOBAL_VARIABLES } = options;
  return (getter, name, args) => {
    const collections = args.collections ?? [GraphKeys.GLOBAL_VARIABLES];
    const isTrainable = args.trainable ?? true;
    const isChosen =
      collection === null ||
      collections.includes(collection) ||
      (isTrainable && collection === GraphKeys.TRAINABLE_VARIABLES);
    return getter(name, isChosen ? { ...args, initializer: storedValue(checkpoint, nameFn(name)) } : args);
  };
}

function storedValue(checkpoint: Checkpoint, storedName: string): Initializer {
  return (shape, dtype, { name, partition }) => {
    const stored = checkpoint.tensors.get(storedName);
    const where = `Variable "${name}" cannot be restored from "${storedName}" in the checkpoint`;
    if (stored === undefined) throw new CheckpointError(`${where}: there is no such tensor.`);
    const expected = { dtype, shape: partition?.fullShape ?? shape };
    if (!sameShape(stored.shape, expected.shape) || !canBecome(stored.dtype, dtype)) {
      throw new CheckpointError(
        `${where}: that is ${describeTensor(stored)}, but this is ${describeTensor(expected)}.`,
      );
    }
    const values = convertValues(storedName, stored, dtype);
    return tf.tensor(partition === undefined ? values : sliceOf(values, stored, shape, partition), shape, dtype);
  };
}

type Partition = NonNullable<InitializerContext['partition']>;

function sliceOf(values: Values, { shape }: StoredTensor, size: readonly number[], { offset }: Partition): Values {
  const part = new (values.constructor as new (length: number) => Values)(elementCount(size) ?? 0);
  copyBox('out of', values, shape, part, { offset, shape: size });
  return part;
}
