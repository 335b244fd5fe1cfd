import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Flavor, type Pin, pins } from './pins.ts';

/** What a folder was prepared from: it serves as long as all of it is the same. */
export interface Stamp extends Pin {
  /** The installed package that was copied. */
  readonly source: string;
}

const base = fileURLToPath(new URL('../prepared/', import.meta.url));

/** The folder of a flavor, with a slash at the end, whether or not it exists. */
export function folderOf(flavor: Flavor): string {
  return `${base}${flavor}/`;
}

/** What a folder has to be prepared from now. */
export function currentStamp(flavor: Flavor): Stamp {
  const manifest = createRequire(import.meta.url).resolve(`${pins[flavor].packageName}/package.json`);
  return { ...pins[flavor], source: realpathSync(dirname(manifest)) };
}

/**
 * Where the real TensorFlow is prepared: a folder, with a slash at the end, from which tfjs-node can be imported.
 *
 * @param flavor `cpu`, or `gpu` for tfjs-node-gpu.
 * @returns undefined where it is not prepared; `pnpm native-tensorflow` does that.
 */
export function preparedTensorFlow(flavor: Flavor): string | undefined {
  const file = `${folderOf(flavor)}stamp.json`;
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8') === JSON.stringify(currentStamp(flavor)) ? folderOf(flavor) : undefined;
}
