import { SonnetError } from '@sonnetjs/core';

/** The dtype and shape of a tensor, as an error names them. */
export interface TensorSpec {
  /** Such as `float32`; dtypes that TensorFlow.js lacks have their usual names: `float16`, `int64`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** How the tensors of a checkpoint differ from those that are to be restored. */
export interface Differences {
  /** What is to be restored, but the checkpoint does not have. */
  readonly missing: readonly { readonly name: string; readonly expected: TensorSpec }[];
  /** What the checkpoint has, but is not to be restored. */
  readonly unexpected: readonly { readonly name: string; readonly found: TensorSpec }[];
  /** What both have, with other shapes or with dtypes that cannot be converted. */
  readonly mismatched: readonly { readonly name: string; readonly expected: TensorSpec; readonly found: TensorSpec }[];
}

/** Options of {@link CheckpointError}. */
export interface CheckpointErrorOptions extends ErrorOptions {
  /** How the checkpoint and the model differ, when that is what went wrong. */
  readonly differences?: Differences;
}

/**
 * A checkpoint cannot be read, written or restored: it is damaged, is not one, does not fit the model, or the storage
 * failed. Nothing has been restored, and a checkpoint that was there before is still there.
 *
 * @example
 * ```ts
 * import { CheckpointError, readCheckpoint } from '@sonnetjs/checkpoint';
 * import assert from 'node:assert';
 *
 * await assert.rejects(readCheckpoint(new Uint8Array([1, 2, 3])), CheckpointError);
 * ```
 */
export class CheckpointError extends SonnetError {
  override name: string = 'CheckpointError';
  /** How the checkpoint and the model differ; null when something else is wrong. */
  readonly differences: Differences | null;

  constructor(message: string, options: CheckpointErrorOptions = {}) {
    super(message, options);
    this.differences = options.differences ?? null;
  }
}
