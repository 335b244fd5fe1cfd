import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getVariable, initializers, resetDefaultGraph } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeBundle } from '../../scripts/make-bundle.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import { getSaver } from '../saver.ts';
import { inTurn } from './in-turn.ts';
import { type NodeModules, nodeModules } from './node-modules.ts';
import { latestCheckpoint, listCheckpoints } from './series.ts';
import { writeFileAtomically } from './write-file.ts';

let folder: string;
let w: tf.Variable;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  resetDefaultGraph();
  w = getVariable('w', { shape: [2], initializer: initializers.ones() }) as tf.Variable;
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

const steps = async (name: string) => (await listCheckpoints(name)).map(({ step }) => step);

describe('saving to a file', () => {
  it('makes the folder, adds the ending, and gives the path', async () => {
    const saver = getSaver('');
    const name = join(folder, 'a/b/model');
    expect(await saver.save(name)).toBe(`${name}.safetensors`);
    expect(await saver.save(`${name}.safetensors`)).toBe(`${name}.safetensors`);
    expect(await saver.save(name, { step: 7 })).toBe(`${name}-7.safetensors`);
    expect(await saver.save(pathToFileURL(name), { step: 8 })).toBe(`${name}-8.safetensors`);
    w.assign(tf.zeros([2]));
    for (const source of [name, `${name}.safetensors`, `${name}-7`, pathToFileURL(`${name}-7.safetensors`)]) {
      await saver.restore(source);
      expect([...w.dataSync()]).toEqual([1, 1]);
    }
    expect(await saver.restore(`${name}-8`)).toMatchObject({ step: 8 });
  });

  it('keeps the last ones by their steps, and touches no other files', async () => {
    const name = join(folder, 'model');
    const others = [
      'model.txt',
      'model-x.safetensors',
      'model-007.safetensors',
      'my-model-1.safetensors',
      'model-1-2.safetensors',
    ];
    for (const file of others) await writeFile(join(folder, file), '');
    const saver = getSaver('', { maxToKeep: 2 });
    for (const step of [8, 9, 10, 11, 100]) await saver.save(name, { step });
    await saver.save(name);
    expect(await steps(name)).toEqual([11, 100]);
    expect(await latestCheckpoint(`${name}.safetensors`)).toBe(`${name}-100.safetensors`);
    expect((await readdir(folder)).sort()).toEqual(
      [...others, 'model.safetensors', 'model-11.safetensors', 'model-100.safetensors'].sort(),
    );
    await getSaver('', { maxToKeep: 0 }).save(name, { step: 101 });
    expect(await steps(name)).toEqual([11, 100, 101]);
    expect((await listCheckpoints(pathToFileURL(name))).at(-1)).toEqual({ path: `${name}-101.safetensors`, step: 101 });
  });

  it('keeps five unless told otherwise', async () => {
    const name = join(folder, 'model');
    for (let step = 0; step < 7; step++) await getSaver('').save(name, { step });
    expect(await steps(name)).toEqual([2, 3, 4, 5, 6]);
  });

  it('refuses a step before the latest, but replaces the latest itself', async () => {
    const name = join(folder, 'model');
    const saver = getSaver('');
    await saver.save(name, { step: 5 });
    await expect(saver.save(name, { step: 4 })).rejects.toThrow('is of a later step than 4');
    w.assign(tf.fill([2], 3));
    await saver.save(name, { step: 5 });
    expect([...(await readCheckpoint(`${name}-5`)).read('w').dataSync()]).toEqual([3, 3]);
  });

  it('takes several calls at once one after the other, each with what was there at its time', async () => {
    const name = join(folder, 'model');
    const saver = getSaver('', { maxToKeep: 0 });
    const saves = [1, 2, 3, 4].map((step) => {
      w.assign(tf.fill([2], step));
      return saver.save(name, { step });
    });
    for (const [i, path] of (await Promise.all(saves)).entries()) {
      expect([...(await readCheckpoint(path)).read('w').dataSync()]).toEqual([i + 1, i + 1]);
    }
  });

  it('removes what killed programs have left unfinished', async () => {
    const name = join(folder, 'model');
    await writeFile(`${name}-3.safetensors.tmp`, 'half');
    await writeFile(join(folder, 'other-3.safetensors.tmp'), 'half');
    expect(await latestCheckpoint(name)).toBeNull();
    await getSaver('').save(name, { step: 4 });
    expect((await readdir(folder)).sort()).toEqual(['model-4.safetensors', 'other-3.safetensors.tmp']);
  });

  it('leaves what was there when it fails', async () => {
    const name = join(folder, 'model');
    const saver = getSaver('');
    const path = await saver.save(name);
    const before = await readFile(path);
    const node = await nodeModules();
    if (node === null) throw new Error('this test runs in node');
    const fs = { ...node.fs, rename: () => Promise.reject(new Error('disk full')) };
    await expect(writeFileAtomically({ ...node, fs }, path, new Uint8Array(1))).rejects.toThrow(
      `Cannot write ${path}: disk full.`,
    );
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    await writeFile(join(folder, 'blocked'), '');
    await expect(saver.save(join(folder, 'blocked/model'))).rejects.toThrow(CheckpointError);
    await mkdir(join(folder, 'taken-1.safetensors'));
    await expect(saver.save(join(folder, 'taken'), { step: 1 })).rejects.toThrow(CheckpointError);
  });

  it('is content with a file system that cannot sync folders, but not with one that fails to', async () => {
    const node = await nodeModules();
    if (node === null) throw new Error('this test runs in node');
    const path = join(folder, 'new/folder/file');
    const withSync = (code: string): NodeModules => ({
      ...node,
      fs: {
        ...node.fs,
        open: async (path, flags) => {
          const handle = await node.fs.open(path, flags);
          if (flags === 'w') return handle;
          const sync = () => Promise.reject(Object.assign(new Error(code), { code }));
          return { ...handle, sync, close: () => handle.close() };
        },
      },
    });
    await writeFileAtomically(withSync('EINVAL'), path, Uint8Array.of(7));
    expect([...(await readFile(path))]).toEqual([7]);
    await expect(writeFileAtomically(withSync('EIO'), path, Uint8Array.of(8))).rejects.toThrow('EIO');
  });

  it('takes nothing else for a destination', async () => {
    await expect(getSaver('').save(7 as unknown as string)).rejects.toThrow(
      'must be a path, a file: URL or a FileSystemFileHandle',
    );
    const { numTensors } = tf.memory();
    await expect(getSaver('').save(null as unknown as string)).rejects.toThrow(TypeError);
    await vi.waitFor(() => expect(tf.memory().numTensors).toBe(numTensors));
  });

  it('needs node for paths', async () => {
    vi.stubGlobal('process', { ...process, versions: {} });
    await expect(getSaver('').save('model')).rejects.toThrow('save: there are files with paths in node only.');
    await expect(latestCheckpoint('model')).rejects.toThrow(expect.objectContaining({ name: 'NotSupportedError' }));
    await expect(listCheckpoints('model')).rejects.toThrow('listCheckpoints');
  });
});

describe('reading files', () => {
  it('finds TensorFlow checkpoints by what their names begin with, or by the index', async () => {
    const { index, shards } = makeBundle([{ name: 'w', shape: [], data: new Uint8Array(4) }]);
    const name = join(folder, 'model.ckpt-1');
    await writeFile(`${name}.index`, index);
    await expect(readCheckpoint(name)).rejects.toThrow(`There is no checkpoint file ${name}.data-00000-of-00001.`);
    await writeFile(`${name}.data-00000-of-00001`, shards[0] as Uint8Array);
    for (const source of [name, `${name}.index`, pathToFileURL(name), pathToFileURL(name).href]) {
      expect((await readCheckpoint(source)).format).toBe('tensorflow');
    }
    await writeFile(`${name}.index`, index.subarray(0, -1));
    await expect(readCheckpoint(name)).rejects.toThrow(
      'Not the index of a TensorFlow checkpoint, or one that is cut off',
    );
  });

  it('says what is not there, and what cannot be read', async () => {
    await expect(readCheckpoint(join(folder, 'none'))).rejects.toThrow(
      `There is no checkpoint file ${join(folder, 'none')}.`,
    );
    await expect(readCheckpoint(folder)).rejects.toThrow(CheckpointError);
    await expect(readCheckpoint(folder)).rejects.toThrow(`Cannot read ${folder}`);
    expect(await listCheckpoints(join(folder, 'none/model'))).toEqual([]);
    await writeFile(join(folder, 'file'), '');
    expect(await latestCheckpoint(join(folder, 'file/model'))).toBeNull();
  });
});

describe('inTurn', () => {
  it('waits for what has the same key, even if that fails', async () => {
    const order: string[] = [];
    const task = (name: string, ms: number) => async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(name);
      if (name === 'fails') throw new Error(name);
      return name;
    };
    const first = inTurn('a', task('fails', 20));
    const second = inTurn('a', task('second', 0));
    const other = inTurn('b', task('other', 0));
    await expect(first).rejects.toThrow('fails');
    expect(await Promise.all([second, other])).toEqual(['second', 'other']);
    expect(order).toEqual(['other', 'fails', 'second']);
  });
});
