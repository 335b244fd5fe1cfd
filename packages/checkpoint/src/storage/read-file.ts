import { CheckpointError } from '../checkpoint-error.ts';
import type { FileHandle, NodeModules } from './node-modules.ts';

/** Node reads at most two GiB at once. */
const MAX_PIECE_BYTES = 1 << 30;

/**
 * The bytes of a file, or null when there is none of that name.
 *
 * @throws CheckpointError when it cannot be read.
 */
export async function readFile({ fs }: NodeModules, path: string): Promise<Uint8Array | null> {
  let file: FileHandle | undefined;
  try {
    file = await fs.open(path, 'r');
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, MAX_PIECE_BYTES), at);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      at += bytesRead;
    }
    return bytes;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new CheckpointError(`Cannot read ${path}: ${reasonOf(error)}.`, { cause: error });
  } finally {
    await file?.close();
  }
}

/** Whether an error of node's says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
