import { ValueError } from '@sonnetjs/core';
import { CheckpointError } from '../checkpoint-error.ts';
import type { Bytes } from '../safetensors/serialize.ts';
import { inTurn } from './in-turn.ts';
import type { NodeModules } from './node-modules.ts';
import { reasonOf } from './read-file.ts';
import { fileOf, listSeries, pathOf, removeOld, requireNode, stemOf } from './series.ts';
import { writeFileAtomically } from './write-file.ts';

/** Where a checkpoint goes: a path (or `file:` URL) in node, a handle of the File System API in a browser. */
export type CheckpointDestination = string | URL | FileSystemFileHandle;

/** What happens to the checkpoints that are there already. */
export interface WriteOptions {
  /** The step of the checkpoint, which its file's name then ends in; null for a file of its own. */
  readonly step: number | null;
  /** How many checkpoints of one name stay; 0 for all. */
  readonly keep: number;
}

/**
 * Writes a checkpoint: when it fails or the program is killed, there is what was there before.
 *
 * @param content What is written, once it is there.
 * @returns The path or name of the file.
 * @throws CheckpointError when it cannot be written.
 * @throws ValueError when there is a checkpoint of a later step.
 */
export async function writeCheckpoint(
  destination: CheckpointDestination,
  content: Promise<Bytes>,
  options: WriteOptions,
): Promise<string> {
  if (typeof destination === 'string' || destination instanceof URL) {
    return writePath(await requireNode('save'), destination, content, options);
  }
  if (typeof destination?.createWritable === 'function') return writeHandle(destination, await content);
  throw new TypeError(
    `save: the first argument must be a path, a file: URL or a FileSystemFileHandle; got ${String(destination)}.`,
  );
}

/** Writes a checkpoint to a file, after those that are being written under its name. */
export async function writePath(
  node: NodeModules,
  name: string | URL,
  content: Promise<Uint8Array>,
  { step, keep }: WriteOptions,
): Promise<string> {
  const stem = stemOf(pathOf(node, name));
  const path = fileOf(stem, step);
  await inTurn(node.path.resolve(stem), async () => {
    if (step !== null) {
      const latest = (await listSeries(node, stem)).at(-1);
      if (latest !== undefined && latest.step > step) {
        throw new ValueError(
          `save: ${latest.path} is of a later step than ${step}, so that this one would not be the latest. ` +
            'Use another name, or remove the later checkpoints.',
        );
      }
    }
    await writeFileAtomically(node, path, await content);
    if (step !== null) await removeOld(node, stem, keep);
  });
  return path;
}

/** The File System API writes to a copy and puts it in the place of the file when the stream is closed. */
async function writeHandle(handle: FileSystemFileHandle, bytes: Bytes): Promise<string> {
  let stream: FileSystemWritableFileStream | undefined;
  try {
    stream = await handle.createWritable();
    await stream.write(bytes);
    await stream.close();
  } catch (error) {
    await stream?.abort().catch(() => {});
    throw new CheckpointError(`Cannot write ${handle.name}: ${reasonOf(error)}.`, { cause: error });
  }
  return handle.name;
}
