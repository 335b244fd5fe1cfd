import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed32, makeBlock, makeTable, maskedCrc, type Pair, varint, withFooter } from '../../scripts/make-bundle.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import { isTable, readTable } from './table.ts';

const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '/', '\xff', '\x00'), maxLength: 6 }), {
  maxLength: 30,
});
const value = (text: string) => new TextEncoder().encode(text);
const pairsOf = (names: readonly string[]): Pair[] => [...names].sort().map((key, i) => [key, value(`value ${i}`)]);

/** Snappy without compression: everything is a literal. */
const literally = (block: Uint8Array) =>
  Uint8Array.from([...varint(block.length), 61 << 2, (block.length - 1) & 255, (block.length - 1) >> 8, ...block]);

/** A table of one block, given as it is stored. */
function tableOf(
  block: Uint8Array,
  { compression = 0, crc = null as number | null, size = block.length } = {},
): Uint8Array {
  const bytes: number[] = [];
  const add = (stored: Uint8Array, type: number, checksum: number | null) => {
    const offset = bytes.length;
    const body = Uint8Array.from([...stored, type]);
    for (const byte of body) bytes.push(byte);
    bytes.push(...fixed32(checksum ?? maskedCrc(body)));
    return offset;
  };
  const offset = add(block, compression, crc);
  const list = makeBlock([['z', Uint8Array.from([...varint(offset), ...varint(size)])]], 1);
  const listOffset = add(list, 0, null);
  return withFooter(bytes, Uint8Array.of(0, 0), Uint8Array.from([...varint(listOffset), ...varint(list.length)]));
}

const block = makeBlock(pairsOf(['ab', 'abc', 'b']), 2);
/** A block of these bytes, with these restart points. */
const rawBlock = (bytes: number[], restarts: number[] = [0]) =>
  Uint8Array.from([...bytes, ...restarts.flatMap(fixed32), ...fixed32(restarts.length)]);

describe('readTable', () => {
  it('reads what was written, in blocks of any size, compressed or not', () => {
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        (names, pairsPerBlock, restartInterval, compressed) => {
          const pairs = pairsOf(names);
          const table = makeTable(pairs, { pairsPerBlock, restartInterval, compress: compressed ? literally : null });
          expect([...readTable(table)]).toEqual(pairs);
        },
      ),
    );
  });

  it('knows a table by its last bytes', () => {
    expect(isTable(tableOf(block))).toBe(true);
    expect(isTable(tableOf(block).subarray(0, -1))).toBe(false);
    expect(isTable(tableOf(block).subarray(-8))).toBe(false);
    expect(() => readTable(new Uint8Array(100))).toThrow('Not the index of a TensorFlow checkpoint');
  });

  it.each([
    ['a wrong checksum', tableOf(block, { crc: 1 }), 'another checksum'],
    ['a compression that does not exist', tableOf(block, { compression: 2 }), 'in a way that is not known (2)'],
    ['damaged compression', tableOf(Uint8Array.of(0xff), { compression: 1 }), 'is cut off'],
    ['a block beyond the file', tableOf(block, { size: 10_000 }), 'is cut off'],
    ['a block without an end', tableOf(Uint8Array.of(1, 2)), 'is cut off'],
    [
      'more restart points than bytes',
      tableOf(Uint8Array.from([...block.subarray(0, -4), ...fixed32(999)])),
      'more restart points than bytes',
    ],
    ['a restart point inside a pair', tableOf(rawBlock([0, 1, 0, 97], [0, 2])), 'restart points between its pairs'],
    [
      'a restart point that shares',
      tableOf(rawBlock([0, 1, 0, 97, 1, 1, 0, 98], [0, 4])),
      'a restart point that is none',
    ],
    ['a key that shares too much', tableOf(rawBlock([1, 0, 0])), 'shares more than there is'],
    ['a value that is cut off', tableOf(rawBlock([0, 1, 9, 97])), 'is cut off'],
    ['keys that descend', tableOf(rawBlock([0, 1, 0, 98, 0, 1, 0, 97])), 'do not ascend'],
    ['a key that comes twice', tableOf(rawBlock([0, 1, 0, 97, 1, 0, 0])), 'do not ascend'],
    ['a number beyond 2^53', tableOf(rawBlock([255, 255, 255, 255, 255, 255, 255, 255, 127])), 'too large'],
  ])('refuses %s', (_, table, message) => {
    expect(() => readTable(table)).toThrow(CheckpointError);
    expect(() => readTable(table)).toThrow(message);
  });

  it('reads no block twice', () => {
    const bytes = [...block, 0, ...fixed32(maskedCrc(Uint8Array.from([...block, 0])))];
    const handle = Uint8Array.from([0, ...varint(block.length)]);
    const list = makeBlock(
      [
        ['b', handle],
        ['c', handle],
      ],
      1,
    );
    const listHandle = Uint8Array.from([...varint(bytes.length), ...varint(list.length)]);
    bytes.push(...list, 0, ...fixed32(maskedCrc(Uint8Array.from([...list, 0]))));
    expect(() => readTable(withFooter(bytes, Uint8Array.of(0, 0), listHandle))).toThrow('overlap');
  });

  it('takes no more memory for keys than it says, though each shares all of the one before', () => {
    const long = 'a'.repeat(8000);
    const first = [0, ...varint(long.length), 0, ...value(long)];
    const others = (count: number) =>
      Array.from({ length: count }, (_, i) => [...varint(long.length), 2, 0, 1 + (i >> 7), i & 127]).flat();
    expect(readTable(tableOf(rawBlock([...first, ...others(8000)]))).size).toBe(8001);
    expect(() => readTable(tableOf(rawBlock([...first, ...others(9000)])))).toThrow('has keys that are too long');
  });

  it('takes no keys of more than 8 KiB', () => {
    const pair = (length: number) => rawBlock([0, ...varint(length), 0, ...new Array<number>(length).fill(97)]);
    expect(readTable(tableOf(pair(8192))).size).toBe(1);
    expect(() => readTable(tableOf(pair(8193)))).toThrow('has keys that are too long');
  });

  it('takes no more pairs than it says', () => {
    const digits = (i: number) => [i >> 16, (i >> 8) & 255, i & 255];
    const pairs = Uint8Array.from({ length: ((1 << 18) + 1) * 6 }, (_, at) => {
      const [i, part] = [Math.floor(at / 6), at % 6];
      return [0, 3, 0, ...digits(i)][part] as number;
    });
    const block = new Uint8Array(pairs.length + 8);
    block.set(pairs);
    block[block.length - 4] = 1;
    expect(() => readTable(tableOf(block))).toThrow('more than 262144 entries');
  });

  it('takes no more memory for blocks than it says', () => {
    // One byte and copies of it: 64 bytes for three.
    const copies = new Array(300_000).fill([(63 << 2) | 2, 1, 0]).flat();
    const bomb = Uint8Array.from([...varint(1 + 300_000 * 64), 0, 97, ...copies]);
    expect(() => readTable(tableOf(bomb, { compression: 1 }))).toThrow('19200001 bytes when it is decompressed');
  });
});
