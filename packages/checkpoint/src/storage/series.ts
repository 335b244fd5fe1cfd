import { NotSupportedError } from '@sonnetjs/core';
import { CheckpointError } from '../checkpoint-error.ts';
import { type NodeModules, nodeModules } from './node-modules.ts';
import { isMissing, reasonOf } from './read-file.ts';
import { TEMPORARY } from './write-file.ts';

const EXTENSION = '.safetensors';

/** One of the checkpoints that a program saved under one name, step by step. */
export interface SavedCheckpoint {
  readonly path: string;
  readonly step: number;
}

/**
 * The checkpoints that `saver.save(name, { step })` has left, the earliest step first.
 *
 * @param name What was given to `save`, such as `out/model`.
 * @returns Complete files only: one that was being written when a program was killed has another name.
 * @throws CheckpointError when the folder cannot be read. One that does not exist has no checkpoints.
 * @throws NotSupportedError where there are no files, as in a browser.
 */
export async function listCheckpoints(name: string | URL): Promise<SavedCheckpoint[]> {
  const node = await requireNode('listCheckpoints');
  return listSeries(node, stemOf(pathOf(node, name)));
}

/**
 * The path of the checkpoint with the highest step, or null when there is none.
 *
 * @param name What was given to `save`, such as `out/model`.
 * @throws CheckpointError when the folder cannot be read.
 * @throws NotSupportedError where there are no files, as in a browser.
 *
 * Sonnet: `tf.train.latest_checkpoint`.
 *
 * @example
 * ```ts
 * import { getSaver, latestCheckpoint } from '@sonnetjs/checkpoint';
 * import { getVariable, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2] });
 * const saver = getSaver('');
 * const name = join(await mkdtemp(join(tmpdir(), 'latest-')), 'model');
 *
 * assert.equal(await latestCheckpoint(name), null);
 * await saver.save(name, { step: 90 });
 * await saver.save(name, { step: 100 });
 * assert.equal(await latestCheckpoint(name), `${name}-100.safetensors`);
 * ```
 */
export async function latestCheckpoint(name: string | URL): Promise<string | null> {
  const node = await requireNode('latestCheckpoint');
  const saved = await listSeries(node, stemOf(pathOf(node, name)));
  return saved.at(-1)?.path ?? null;
}

/** @throws NotSupportedError where there is no node. */
export async function requireNode(who: string): Promise<NodeModules> {
  const node = await nodeModules();
  if (node !== null) return node;
  throw new NotSupportedError(`${who}: there are files with paths in node only.`);
}

export function pathOf(node: NodeModules, name: string | URL): string {
  return name instanceof URL || name.startsWith('file:') ? node.url.fileURLToPath(new URL(name)) : name;
}

/** A path without the extension of a checkpoint. */
export function stemOf(path: string): string {
  return path.endsWith(EXTENSION) ? path.slice(0, -EXTENSION.length) : path;
}

/** The file of a checkpoint: `out/model-100.safetensors` for `out/model` and step 100. */
export function fileOf(stem: string, step: number | null): string {
  return `${stem}${step === null ? '' : `-${step}`}${EXTENSION}`;
}

/** The checkpoints of a series, the earliest step first. */
export async function listSeries(node: NodeModules, stem: string): Promise<SavedCheckpoint[]> {
  const found: SavedCheckpoint[] = [];
  for (const file of await filesBeside(node, stem)) {
    const path = node.path.join(node.path.dirname(stem), file);
    const step = stepOf(node.path.basename(stem), file);
    if (step !== null) found.push({ path, step });
  }
  return found.sort((a, b) => a.step - b.step);
}

/** Removes all checkpoints of a series but the last ones, and what killed programs have not finished. */
export async function removeOld(node: NodeModules, stem: string, keep: number): Promise<void> {
  const saved = await listSeries(node, stem);
  const old = keep > 0 ? saved.slice(0, Math.max(saved.length - keep, 0)).map(({ path }) => path) : [];
  const unfinished = (await filesBeside(node, stem))
    .filter((file) => file.endsWith(TEMPORARY))
    .filter((file) => stepOf(node.path.basename(stem), file.slice(0, -TEMPORARY.length)) !== null)
    .map((file) => node.path.join(node.path.dirname(stem), file));
  for (const path of [...old, ...unfinished]) {
    await node.fs.rm(path, { force: true }).catch((error: unknown) => {
      throw new CheckpointError(`Cannot remove the old checkpoint ${path}: ${reasonOf(error)}.`, { cause: error });
    });
  }
}

function stepOf(stem: string, file: string): number | null {
  if (!file.startsWith(`${stem}-`) || !file.endsWith(EXTENSION)) return null;
  const digits = file.slice(stem.length + 1, -EXTENSION.length);
  return /^(0|[1-9]\d*)$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : null;
}

async function filesBeside({ fs, path }: NodeModules, stem: string): Promise<string[]> {
  const folder = path.dirname(stem);
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new CheckpointError(`Cannot list the checkpoints in ${folder}: ${reasonOf(error)}.`, { cause: error });
  }
}
