import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { drawLossCurve } from './loss-curve.ts';
import type { Options } from './options.ts';
import { print } from './run-example.ts';

/** Writes a file into a folder, which need not exist; gives its path as the user would type it. */
export async function save(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(file, content);
  return relative(process.cwd(), file);
}

/** Draws the losses of a training run, and prints where the picture is. */
export async function saveLossCurve(title: string, losses: readonly number[], options: Options): Promise<void> {
  const picture = drawLossCurve({ title, losses, epochs: options.epochs });
  print(`loss curve: ${await save(options.out, 'loss-curve.svg', picture)}`);
}
