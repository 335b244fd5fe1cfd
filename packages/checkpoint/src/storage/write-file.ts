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
    const folder = node.path.dirname(path);
    await makeFolder(node, folder);
    await writeThrough(node, temporary, bytes);
    await node.fs.rename(temporary, path);
    await syncFolder(node, folder);
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

/** A folder that was not there is on the disk when those between it and one that was there have been brought to it. */
async function makeFolder(node: NodeModules, folder: string): Promise<void> {
  const outermost = await node.fs.mkdir(folder, { recursive: true });
  if (outermost === undefined) return;
  const { dirname, resolve } = node.path;
  const last = dirname(resolve(outermost));
  let at = resolve(folder);
  do {
    at = dirname(at);
    await syncFolder(node, at);
  } while (at !== last && at !== dirname(at));
}

/** Puts the changes of a folder on the disk, where a folder can be opened; Windows, where it cannot, does so by itself. */
async function syncFolder(node: NodeModules, path: string): Promise<void> {
  const folder = await node.fs.open(path, 'r').catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync();
  } catch (error) {
    if (!cannotSyncFolders(error)) throw error;
  } finally {
    await folder.close();
  }
}

/** Whether an error says that the file system has no such thing; the file itself is complete either way. */
function cannotSyncFolders(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EISDIR', 'EBADF'].includes(String(code));
}
