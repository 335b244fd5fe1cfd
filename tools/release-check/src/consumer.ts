import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from './registry.ts';
import { runCommand } from './run-command.ts';

/** The folder of somebody who installs packages of ours with npm. */
export interface Consumer {
  readonly folder: string;
  write(file: string, text: string): void;
}

/** Makes an empty folder and installs packages into it: ours from the loopback registry, the others from npm's own. */
export async function installWithNpm(
  folder: string,
  packages: readonly string[],
  registry: Registry,
): Promise<Consumer> {
  mkdirSync(folder);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  write('.npmrc', `@sonnetjs:registry=${registry.url}\n`);
  const consumer = { folder, write };
  await installMore(consumer, packages);
  return consumer;
}

/** Installs into a consumer's folder: packages, and options of npm's command `install`. */
export async function installMore({ folder }: Consumer, args: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--prefer-offline'];
  await runCommand('npm', ['install', ...quiet, ...args], { cwd: folder, env: withoutWorkspace() });
}

/** The environment without what pnpm sets for its scripts, which npm would take for its own settings. */
export function withoutWorkspace(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
}

/** The names of the packages that npm installed there, sorted. */
export function installedPackages({ folder }: Consumer): string[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  const names = Object.keys(lock.packages).filter((path) => path !== '');
  return [
    ...new Set(names.map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))),
  ].sort();
}
