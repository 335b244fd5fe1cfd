import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeBundle } from '../../scripts/make-bundle.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import { type Bytes, serializeSafetensors } from '../safetensors/serialize.ts';
import type { CheckpointSource } from './source.ts';

const file = serializeSafetensors([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]);
const { index, shards } = makeBundle([{ name: 'w', shape: [2], data: new Uint8Array(Float32Array.of(1, 2).buffer) }]);
const shard = shards[0] as Bytes;

async function expectReadable(source: CheckpointSource, format: string): Promise<void> {
  const checkpoint = await readCheckpoint(source);
  expect(checkpoint.format).toBe(format);
  const w = checkpoint.read('w');
  expect([...(await w.data())]).toEqual([1, 2]);
  w.dispose();
}

async function expectError(
  source: unknown,
  message: string,
  type: typeof TypeError | typeof CheckpointError = CheckpointError,
): Promise<void> {
  await expect(readCheckpoint(source as CheckpointSource)).rejects.toThrow(message);
  await expect(readCheckpoint(source as CheckpointSource)).rejects.toThrow(type);
}

describe('a checkpoint in memory', () => {
  it('may be in an ArrayBuffer or any view of one', async () => {
    await expectReadable(file.buffer, 'safetensors');
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 1);
    await expectReadable(padded.subarray(1, -2), 'safetensors');
    await expectReadable(new DataView(padded.buffer, 1, file.length), 'safetensors');
  });

  it('may be in a Blob, a File or a Response', async () => {
    await expectReadable(new Blob([file]), 'safetensors');
    await expectReadable(new File([file], 'w.safetensors'), 'safetensors');
    await expectReadable([new File([file], 'w.safetensors')], 'safetensors');
    await expectReadable(new Response(file), 'safetensors');
  });

  it('may be the files of a TensorFlow checkpoint, by name', async () => {
    const names = ['model.index', 'model.data-00000-of-00001'] as const;
    const parts = [index.slice(), shard];
    await expectReadable(
      parts.map((part, i) => new File([part], names[i] as string)),
      'tensorflow',
    );
    await expectReadable({ [names[0]]: index, [names[1]]: new Blob([shard]) }, 'tensorflow');
    await expectError({ [names[0]]: index }, 'There is no checkpoint file model.data-00000-of-00001.');
    await expectError({ ...{ 'a.index': index, 'b.index': index } }, 'must be those of one TensorFlow checkpoint');
    await expectError({ a: index, b: index }, 'with one that ends in .index; got a, b');
    await expectError([], 'must be those of one');
    await expectError(index, 'give its data files too');
  });

  it('must be one', async () => {
    await expectError(undefined, 'must be a path, an address, bytes or files; got undefined', TypeError);
    await expectError(7, 'got 7', TypeError);
    await expectError(new Uint8Array(), 'has 0 bytes only');
    await expectError(new Response('', { status: 500 }), 'the server answers 500');
    const gone = new Blob([file]);
    vi.spyOn(gone, 'arrayBuffer').mockRejectedValue(new Error('the file was moved'));
    await expectError(gone, 'Cannot read the file: the file was moved.');
    const broken = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('connection lost')) }));
    await expect(readCheckpoint(broken())).rejects.toThrow(CheckpointError);
  });
});

describe('a checkpoint on a server', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A server with these files; everything else is answered by `other`. */
  function serve(files: Record<string, Bytes>, other = () => new Response('', { status: 404 })): string[] {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (address: URL) => {
      asked.push(address.pathname + address.search);
      const found = files[address.pathname];
      return found === undefined ? other() : new Response(found);
    });
    return asked;
  }

  const at = (path: string) => `https://example.org${path}`;

  it('is found by its address, whatever comes after the name', async () => {
    const asked = serve({ '/w.safetensors': file });
    await expectReadable(at('/w.safetensors'), 'safetensors');
    await expectReadable(new URL(at('/w.safetensors?version=2')), 'safetensors');
    expect(asked).toEqual(['/w.safetensors', '/w.safetensors?version=2']);
  });

  it('may be given without the end of its name', async () => {
    serve({ '/w.safetensors': file, '/plain': file });
    await expectReadable(at('/w'), 'safetensors');
    await expectReadable(at('/plain'), 'safetensors');
  });

  it('may be a TensorFlow checkpoint', async () => {
    const asked = serve({ '/m.index': index.slice(), '/m.data-00000-of-00001': shard });
    await expectReadable(at('/m?key=1'), 'tensorflow');
    expect(asked).toEqual(['/m.index?key=1', '/m.data-00000-of-00001?key=1']);
    await expectReadable(at('/m.index'), 'tensorflow');
  });

  it('is told from the page that a server gives for everything that it does not have', async () => {
    const page = () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    serve({ '/w': file }, page);
    await expectReadable(at('/w'), 'safetensors');
    await expectError(at('/nothing'), 'Not a safetensors file');
    await expectError(at('/nothing.index'), 'Not the index of a TensorFlow checkpoint');
  });

  it('must be there', async () => {
    serve({});
    await expectError(at('/w'), 'There is no checkpoint file https://example.org/w.');
    await expectError(at('/w.index'), 'There is no checkpoint file');
    serve({ '/m.index': index.slice() });
    await expectError(at('/m'), 'There is no checkpoint file');
    serve({}, () => new Response('', { status: 403 }));
    await expectError(at('/w'), 'the server answers 403');
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('no network');
    });
    await expectError(at('/w'), 'Cannot fetch https://example.org/w.index: no network.');
  });
});
