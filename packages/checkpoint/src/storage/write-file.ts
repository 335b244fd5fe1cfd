import { CheckpointError } from '../checkpoint-error.ts';
import type { NodeModules } from './node-modules.ts';
import { reasonOf } from './read-file.ts';

/** Files that are being written end in it. */
export const TEMPORARY = '.tmp';

/**
 * Writes a file so that at any moment, even when the machine stops, there is under its name what was there before or all of
 * the new content: to a temporary file, which is renamed once it is on the disk.
 *
 * @throws CheckpointError when it cannot be written.
 */
export async function writeFileAtomically(node: NodeModules, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = path + TEMPORARY;
  try {
    await node.fs.mkdir(node.path.dirname(path), { recursive: true });
    await writeThrough(node, temporary, bytes);
    await node.fs.rename(temporary, path);
    await syncFolder(node, node.path.dirname(path));
  } catch (error) {
    await node.fs.rm(temporary, { force: true }).catch(() => {});
    throw new CheckpointError(`Cannot write ${path}: ${reasonOf(error)}.`, { cause: error });
  }
}

async function writeThrough(node: NodeModules, path: string, bytes: Uint8Array): Promise<void> {
  const file = await node.fs.open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts the renaming on the disk too, where a folder can be opened; Windows, where it cannot, does so by itself. */
async function syncFolder(node: NodeModules, path: string): Promise<void> {
  const folder = await node.fs.open(path, 'r').catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync();
  } catch {
    // Not every file system can; the file itself is complete either way.
  } finally {
    await folder.close();
  }
}
