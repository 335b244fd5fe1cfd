import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { binaryOf } from './run-command.ts';

/** A package registry on this machine's loopback address. */
export interface Registry {
  readonly url: string;
  /** The environment in which package managers publish to this registry and read from it, and from no other. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const configuration = `
storage: ./storage
uplinks: {}
packages:
  '**': { access: $all, publish: $all, unpublish: $all }
log: { type: stdout, level: warn }
`;

/**
 * Starts an empty registry with no connection to any other.
 *
 * @param folder An existing folder for its files.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const home = join(folder, 'registry');
  mkdirSync(home);
  writeFileSync(join(home, 'config.yaml'), configuration);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const userConfig = join(home, 'npmrc');
  writeFileSync(userConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`);
  const child = spawn(process.execPath, [binaryOf('verdaccio'), '--config', 'config.yaml', '--listen', url], {
    cwd: home,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const registry: Registry = {
    url,
    env: { ...process.env, npm_config_registry: url, npm_config_userconfig: userConfig },
    async stop() {
      child.kill();
      await ended;
    },
  };
  await answers(`${url}-/ping`, () => child.exitCode === null);
  return registry;
}

async function answers(url: string, isRunning: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 150 && isRunning(); attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error('The registry did not start.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
