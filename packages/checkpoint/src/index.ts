export { Checkpoint, readCheckpoint } from './checkpoint.ts';
export { CheckpointError, type CheckpointErrorOptions, type Differences, type TensorSpec } from './checkpoint-error.ts';
export { type RestoreInitializerOptions, restoreInitializer } from './restore-initializer.ts';
export { parseSafetensors, type Safetensors } from './safetensors/parse.ts';
export {
  type Bytes,
  type SafetensorsInput,
  type SerializeSafetensorsOptions,
  serializeSafetensors,
} from './safetensors/serialize.ts';
export { getSaver, type RestoreOptions, type SaveOptions, type Saver, type SaverOptions } from './saver.ts';
export type { Allowance } from './state/comparison.ts';
export type { Restored } from './state/restore.ts';
export type { CheckpointDestination } from './storage/destination.ts';
export { latestCheckpoint, listCheckpoints, type SavedCheckpoint } from './storage/series.ts';
export type { BinarySource, CheckpointSource } from './storage/source.ts';
export type { StoredTensor } from './values/stored-tensor.ts';
