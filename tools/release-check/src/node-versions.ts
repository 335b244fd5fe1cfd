import { execFileSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The node binaries on which the packages are tried: the machine's own, which is the first on PATH outside of any
 * `node_modules`, and the one of the workspace, which runs this.
 */
export function nodesToCheck(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const own = folders.map((folder) => join(folder, 'node')).find(isExecutable);
  const candidates = [...(own === undefined ? [] : [realpathSync(own)]), process.execPath];
  const byVersion = new Map(candidates.map((node) => [execFileSync(node, ['--version'], { encoding: 'utf8' }), node]));
  return [...byVersion.values()];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
