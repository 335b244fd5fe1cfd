import { getVariable, resetDefaultGraph } from '@sonnetjs/core';
import { expect, it } from 'vitest';
import { readCheckpoint } from '../checkpoint.ts';
import { getSaver } from '../saver.ts';

/** A handle of the File System API, as a browser gives it. */
function fakeHandle(fail: boolean): {
  handle: FileSystemFileHandle;
  written: () => Uint8Array;
  aborted: () => boolean;
} {
  let pending = new Uint8Array();
  let written = new Uint8Array();
  let aborted = false;
  const stream = {
    write: async (bytes: Uint8Array<ArrayBuffer>) => {
      if (fail) throw new Error('quota exceeded');
      pending = bytes.slice();
    },
    close: async () => {
      written = pending;
    },
    abort: async () => {
      aborted = true;
    },
  };
  const handle = { name: 'model.safetensors', createWritable: async () => stream };
  return { handle: handle as unknown as FileSystemFileHandle, written: () => written, aborted: () => aborted };
}

it('saves to a handle of the File System API', async () => {
  resetDefaultGraph();
  getVariable('w', { shape: [2] });
  const { handle, written } = fakeHandle(false);
  expect(await getSaver('').save(handle, { step: 3 })).toBe('model.safetensors');
  expect((await readCheckpoint(written())).step).toBe(3);
});

it('gives up the stream when it cannot be written', async () => {
  resetDefaultGraph();
  const { handle, aborted } = fakeHandle(true);
  await expect(getSaver('').save(handle)).rejects.toThrow('Cannot write model.safetensors: quota exceeded.');
  expect(aborted()).toBe(true);
});
