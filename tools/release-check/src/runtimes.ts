import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutWorkspace } from './consumer.ts';
import { runCommand } from './run-command.ts';

/** A program that runs JavaScript files. */
export interface Runtime {
  readonly name: string;
  /** The command and the arguments before the file. */
  readonly command: readonly [file: string, ...args: string[]];
}

const folder = fileURLToPath(new URL('../runtimes/', import.meta.url));
const bin = (path: string): string => join(folder, 'node_modules', path);

/** The runtimes on which the packages are tried: this one, and those of the folder `runtimes`. */
export const runtimes: readonly Runtime[] = [
  { name: 'node', command: [process.execPath] },
  ...['node-20', 'node-22', 'node-26'].map((name): Runtime => ({ name, command: [bin(`${name}/bin/node`)] })),
  { name: 'bun', command: [bin('.bin/bun')] },
  { name: 'deno', command: [bin('.bin/deno'), 'run', '--no-prompt', '--allow-read'] },
];

/**
 * Installs the runtimes of the folder `runtimes`, of which some may not be had on this machine.
 *
 * @returns The lines that the package manager printed.
 */
export async function installRuntimes(): Promise<readonly string[]> {
  const args = ['install', '--prefer-offline'];
  const output = await runCommand('pnpm', args, { cwd: folder, env: withoutWorkspace() }).catch(String);
  return output.trimEnd().split('\n');
}

/** What was printed about why a runtime is not there. */
export function whyMissing({ name }: Runtime, lines: readonly string[]): string {
  const about = lines.find((line) => line.includes(name) && line.includes('optional'));
  return about ?? lines.find((line) => line.includes('ERR')) ?? lines.at(-1) ?? '';
}

/** The version of a runtime, or nothing where it is not installed. */
export async function versionOf({ command: [file] }: Runtime): Promise<string | undefined> {
  try {
    return (await runCommand(file, ['--version'])).split('\n')[0]?.replace(/^\D*/, '').replace(/ .*/, '');
  } catch {
    return undefined;
  }
}
