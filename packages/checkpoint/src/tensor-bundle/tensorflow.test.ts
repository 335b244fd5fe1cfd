import { beforeAll, describe, expect, it } from 'vitest';
import { testData, testJson } from '../../scripts/test-data.ts';
import { type Checkpoint, readCheckpoint } from '../checkpoint.ts';
import { canBecome, naturalDtype } from '../values/convert.ts';

/** What TensorFlow says that a checkpoint of `make-tensorflow-checkpoints.py` holds. */
type Expected = Record<string, { dtype: string; shape: number[]; data: number[] | null }>;

const place = (name: string) => testData(`tensorflow/${name}/model`);

describe.each(['dtypes', 'sharded', 'object_based', 'compressed'])('the checkpoint "%s" of TensorFlow', (name) => {
  let checkpoint: Checkpoint;
  let expected: Expected;

  beforeAll(async () => {
    checkpoint = await readCheckpoint(place(name));
    expected = (await testJson(`tensorflow/${name}/expected.json`)) as Expected;
  });

  it('has the tensors that TensorFlow reads from it', () => {
    expect(checkpoint.format).toBe('tensorflow');
    for (const [tensor, { dtype, shape }] of Object.entries(expected)) {
      expect({ tensor, dtype, shape }).toEqual({
        tensor,
        dtype: checkpoint.tensors.get(tensor)?.dtype,
        shape: checkpoint.tensors.get(tensor)?.shape,
      });
    }
    expect([...checkpoint.tensors.keys()].filter((key) => key.startsWith('\x00'))).toEqual([]);
  });

  it('has the values that TensorFlow reads from it', () => {
    for (const [tensor, { dtype, data }] of Object.entries(expected)) {
      if (data === null || naturalDtype(dtype) === null) continue;
      const value = checkpoint.read(tensor);
      expect(canBecome(dtype, value.dtype)).toBe(true);
      expect({ tensor, data: [...value.dataSync()].map(Number) }).toEqual({ tensor, data });
      value.dispose();
    }
  });
});

it('reads slices whose places and sizes take several bytes in their names', async () => {
  const { tensors } = await readCheckpoint(testData('tensorflow/sharded/model.index'));
  const { buffer } = tensors.get('long')?.bytes() ?? new Uint8Array();
  expect([...new Int32Array(buffer)]).toEqual(Array.from({ length: 9000 }, (_, i) => 3 * i - 5));
});

it('lists what cannot be read, and says so when it is read', async () => {
  const checkpoint = await readCheckpoint(place('dtypes'));
  expect(checkpoint.tensors.get('string')?.dtype).toBe('string');
  expect(() => checkpoint.read('string')).toThrow('"string" is string [2] and cannot be read.');
  expect(() => checkpoint.read('strings')).toThrow('no tensor "strings"');
});
