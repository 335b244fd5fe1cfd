import { describe, expect, it } from 'vitest';
import {
  type BundleTensor,
  field,
  headerPair,
  makeBundle,
  makeTable,
  message,
  type Pair,
  shapeProto,
} from '../../scripts/make-bundle.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import type { StoredTensor } from '../values/stored-tensor.ts';
import { readBundle, shardSuffix } from './bundle.ts';
import { sliceKey } from './slice-key.ts';

const FLOAT = 1;
const STRING = 7;

function open({ index, shards }: { index: Uint8Array; shards: Uint8Array[] }): Promise<Map<string, StoredTensor>> {
  return readBundle(index, async (shard) => shards[shard] as Uint8Array);
}

const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const a: BundleTensor = { name: 'a', shape: [2], data: bytes(1, 2) };
const b: BundleTensor = { name: 'b', shape: [], data: bytes(3) };
const indexOf = (...pairs: Pair[]) => ({ index: makeTable([headerPair(1), ...pairs]), shards: [new Uint8Array(100)] });

describe('readBundle', () => {
  it('reads tensors from several data files', async () => {
    const tensors = await open(makeBundle([a, { ...b, shard: 2 }, { ...a, name: 'ü/ab', shard: 1 }]));
    expect([...tensors.keys()]).toEqual(['a', 'b', 'ü/ab']);
    expect(tensors.get('b')?.bytes()).toEqual(bytes(3));
    expect(tensors.get('ü/ab')).toMatchObject({ dtype: 'float32', shape: [2] });
  });

  it('asks only for data files that it needs', async () => {
    const { index, shards } = makeBundle([a, { ...b, shard: 2 }]);
    const asked: string[] = [];
    await readBundle(index, async (shard, count) => {
      asked.push(shardSuffix(shard, count));
      return shards[shard] as Uint8Array;
    });
    expect(asked).toEqual(['.data-00000-of-00003', '.data-00002-of-00003']);
  });

  it('verifies the checksum of a tensor when it is read', async () => {
    const tensors = await open(makeBundle([{ ...a, crc: 0 }, b]));
    expect(() => tensors.get('a')?.bytes()).toThrow('the bytes of "a" have another checksum');
    expect(tensors.get('b')?.bytes()).toEqual(bytes(3));
  });

  it('knows no dtype by the name of a number that it does not know', async () => {
    const tensors = await open(makeBundle([{ ...a, dtype: 99 }]));
    expect(tensors.get('a')?.dtype).toBe('dtype 99');
    expect(() => tensors.get('a')?.bytes()).toThrow('"a" is dtype 99 [2] and cannot be read.');
  });

  it.each<[string, readonly BundleTensor[], string]>([
    ['a tensor beyond its data file', [{ ...a, offset: 4 }], '"a" should end at byte 12'],
    ['an offset of nearly 2^53', [{ ...a, offset: 2 ** 53 - 9 }], 'of its data file, which is shorter'],
    ['tensors that overlap', [a, { ...b, offset: 4 }], '"b" overlaps with another tensor'],
    ['tensors at one place', [a, { ...a, name: 'c', offset: 0 }], '"c" overlaps with another tensor'],
    ['bytes of another number than the shape', [{ ...a, shape: [1] }], '"a" is float32 [1], but has 8 bytes'],
    ['a shape beyond 2^53', [{ ...a, shape: [2 ** 30, 2 ** 30] }], '"a" is float32'],
    ['a string beyond its data file', [{ ...a, dtype: STRING, size: 99 }], 'which is shorter'],
    ['the name __proto__', [{ ...a, name: '__proto__' }], 'nothing can be named __proto__'],
  ])('refuses %s', async (_, tensors, text) => {
    await expect(open(makeBundle(tensors))).rejects.toThrow(CheckpointError);
    await expect(open(makeBundle(tensors))).rejects.toThrow(text);
  });

  it.each<[string, { index: Uint8Array; shards: Uint8Array[] }, string]>([
    ['no header', { index: makeTable([]), shards: [] }, 'has no header'],
    [
      'a data file that there is not',
      indexOf(['a', message(field(1, FLOAT), field(3, 5))]),
      'data file 5, but there are 1',
    ],
    ['big-endian machines', { index: makeTable([['', message(field(2, 1))]]), shards: [] }, 'big-endian'],
    ['later versions', { index: makeTable([['', message(field(3, message(field(2, 2))))]]), shards: [] }, 'version 2'],
    ['an unknown rank', indexOf(['a', message(field(2, message(field(3, 1))))]), 'has no shape'],
    [
      'more axes than TensorFlow has',
      indexOf(['a', message(field(2, shapeProto(new Array(255).fill(1))))]),
      'the entry of "a" has more than 254 axes',
    ],
    [
      'slices of more axes',
      indexOf(['a', message(field(7, message(...new Array(255).fill(field(1, new Uint8Array())))))]),
      'more than 254 axes',
    ],
    [
      'more slices than entries',
      indexOf(['a', message(...new Array(3).fill(field(7, new Uint8Array())))]),
      'the entry of "a" has more slices than are stored',
    ],
    ['a field that is cut off', indexOf(['a', Uint8Array.of(0x12, 9)]), 'the entry of "a" is cut off'],
    ['a field of no type', indexOf(['a', Uint8Array.of(0x0b)]), 'a field of a type that does not exist (3)'],
    ['a field of no number', indexOf(['a', Uint8Array.of(0x00, 0)]), 'a field without a number'],
    ['a number for a message', indexOf(['a', message(field(2, 1))]), 'should be a message'],
    ['a message for a number', indexOf(['a', message(field(4, new Uint8Array()))]), 'should be a number'],
    [
      'a negative size',
      indexOf(['a', message(field(2, message(field(2, Uint8Array.from([8, ...new Array(9).fill(255), 1])))))]),
      'too large',
    ],
    ['a name that is no text', indexOf(['\xff', message(field(1, FLOAT))]), 'a name is not UTF-8'],
  ])('refuses %s', async (_, files, text) => {
    await expect(open(files)).rejects.toThrow(CheckpointError);
    await expect(open(files)).rejects.toThrow(text);
  });
});

describe('a tensor in slices', () => {
  const extents = (...pairs: (readonly [number, number])[]) =>
    message(
      ...pairs.map(([start, length]) => field(1, message(field(1, start), ...(length < 0 ? [] : [field(2, length)])))),
    );

  /** The index of a tensor "w" of shape [3, 2], whose slices have these rows; a length of -1 is all. */
  function sliced(rows: readonly (readonly [number, number])[], shape: readonly number[] = [3, 2]) {
    const slices = rows.map((row) => [row, [0, -1] as const] as const);
    const whole = message(
      field(1, FLOAT),
      field(2, shapeProto(shape)),
      ...slices.map((slice) => field(7, extents(...slice))),
    );
    const parts = rows.map(([start, length], i): BundleTensor => {
      const key = sliceKey('w', [
        { start, length },
        { start: 0, length: -1 },
      ]);
      const count = length < 0 ? 3 : length;
      return { name: key, shape: [count, 2], data: bytes(...new Array(2 * count).fill(i)) };
    });
    return { whole, parts };
  }

  async function openSliced({ whole, parts }: ReturnType<typeof sliced>): Promise<Map<string, StoredTensor>> {
    let offset = 0;
    const pairs = parts.map(({ name, shape, data }): Pair => {
      const entry = message(
        field(1, FLOAT),
        field(2, shapeProto(shape)),
        field(4, offset),
        field(5, data.length),
        field(6, { fixed32: 0 }),
      );
      offset += data.length;
      return [name, entry];
    });
    pairs.sort(([x], [y]) => (x < y ? -1 : 1));
    return open({ index: makeTable([headerPair(1), ...pairs, ['w', whole]]), shards: [new Uint8Array(offset)] });
  }

  it('is one tensor', async () => {
    const tensors = await openSliced(
      sliced([
        [0, 1],
        [1, 2],
      ]),
    );
    expect([...tensors.keys()]).toEqual(['w']);
    expect(tensors.get('w')).toMatchObject({ dtype: 'float32', shape: [3, 2] });
    expect(() => tensors.get('w')?.bytes()).toThrow('the bytes of "a slice of w" have another checksum');
    expect((await openSliced(sliced([[0, -1]]))).get('w')?.shape).toEqual([3, 2]);
  });

  it('must be filled by its slices', async () => {
    await expect(openSliced(sliced([[0, 2]]))).rejects.toThrow('the slices of "w" do not fill it');
    const tooMuch = sliced([
      [0, 2],
      [1, 2],
    ]);
    await expect(openSliced(tooMuch)).rejects.toThrow('do not fill it');
    await expect(openSliced(sliced([[0, 3]], [3, 2, 1]))).rejects.toThrow(CheckpointError);
  });

  it('must have its slices', async () => {
    const { whole, parts } = sliced([
      [0, 1],
      [1, 2],
    ]);
    await expect(openSliced({ whole, parts: parts.slice(1) })).rejects.toThrow('a slice of "w" is missing');
    const [first, second] = parts as [BundleTensor, BundleTensor];
    const other = { ...first, shape: [2, 1] };
    await expect(openSliced({ whole, parts: [other, second] })).rejects.toThrow('is not what it should be');
  });
});
