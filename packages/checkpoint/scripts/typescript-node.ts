import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A node that runs TypeScript: this one, if it can, else that of the workspace. */
export function typescriptNode(): string {
  const { typescript } = process.features as { typescript?: unknown };
  const ofWorkspace = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  return typescript !== undefined && typescript !== false
    ? process.execPath
    : existsSync(ofWorkspace)
      ? ofWorkspace
      : 'node';
}

/** The arguments with which it runs a script of this folder on the sources of the packages. */
export function scriptArguments(script: string, ...args: string[]): string[] {
  return [
    '--conditions=@sonnetjs/source',
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL(script, import.meta.url)),
    ...args,
  ];
}
