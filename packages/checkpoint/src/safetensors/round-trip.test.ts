import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemSizes } from '../values/stored-tensor.ts';
import { parseSafetensors } from './parse.ts';
import { type SafetensorsInput, serializeSafetensors } from './serialize.ts';

const dtypes = [...itemSizes.keys()];

const tensors = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }) })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((product, size) => product * size, itemSizes.get(dtype) ?? 1);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
  });

const names = fc.string({ unit: 'binary', maxLength: 8 }).filter((name) => !/__metadata__|__proto__/.test(name));

const files = fc.record({
  tensors: fc.uniqueArray(fc.tuple(names, tensors), { selector: ([name]) => name, maxLength: 6 }),
  metadata: fc.uniqueArray(fc.tuple(names, fc.string({ unit: 'binary' })), { selector: ([key]) => key, maxLength: 3 }),
});

describe('a safetensors file', () => {
  it('holds what was written', () => {
    fc.assert(
      fc.property(files, ({ tensors, metadata }) => {
        const file = parseSafetensors(serializeSafetensors(tensors, { metadata }));
        expect(new Map(file.metadata)).toEqual(new Map(metadata));
        expect([...file.tensors.keys()].sort()).toEqual(tensors.map(([name]) => name).sort());
        for (const [name, { dtype, shape, data }] of tensors) {
          const found = file.tensors.get(name);
          expect({ dtype: found?.dtype, shape: found?.shape }).toEqual({ dtype, shape });
          expect(found?.bytes()).toEqual(new Uint8Array(data));
        }
      }),
    );
  });

  it('is the same whatever the order in which its tensors were given', () => {
    fc.assert(
      fc.property(files, ({ tensors, metadata }) => {
        const backwards = serializeSafetensors([...tensors].reverse(), { metadata: [...metadata].reverse() });
        expect(backwards).toEqual(serializeSafetensors(tensors, { metadata }));
      }),
    );
  });
});

const int8 = (...values: number[]): SafetensorsInput => ({
  dtype: 'int8',
  shape: [values.length],
  data: Int8Array.from(values),
});

describe('serializeSafetensors', () => {
  const headerOf = (file: Uint8Array) => {
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    return new TextDecoder().decode(file.subarray(8, 8 + length));
  };

  it('orders by dtype, then by the code points of the names, and ends the header at a multiple of eight bytes', () => {
    const file = serializeSafetensors([
      ['\u{ffff}', int8(1)],
      ['\u{10000}', int8(2)],
      ['b', int8(3)],
      ['ba', int8(4)],
      ['a', { dtype: 'float32', shape: [], data: Float32Array.of(1) }],
    ]);
    const header = headerOf(file);
    expect(Object.keys(JSON.parse(header))).toEqual(['a', 'b', 'ba', '\u{ffff}', '\u{10000}']);
    expect(new TextEncoder().encode(header).length % 8).toBe(0);
    expect([...file.subarray(-4)]).toEqual([3, 4, 1, 2]);
  });

  it('leaves the metadata out when there is none', () => {
    expect(headerOf(serializeSafetensors([]))).toBe('{}      ');
    expect(
      headerOf(
        serializeSafetensors([], {
          metadata: [
            ['b', '"'],
            ['a', ''],
          ],
        }),
      ),
    ).toMatch(/^{"__metadata__":{"a":"","b":"\\""}} *$/);
  });

  it.each([
    [
      'two tensors of one name',
      [
        ['a', int8()],
        ['a', int8()],
      ],
      'a name comes twice',
    ],
    ['the name of the metadata', [['__metadata__', int8()]], 'cannot write "__metadata__"'],
    ['the name of the prototype', [['__proto__', int8()]], '__proto__'],
    ['half a surrogate pair', [['\ud800', int8()]], 'half a surrogate pair'],
    ['a dtype that the format lacks', [['a', { ...int8(), dtype: 'string' }]], 'cannot write "a", string [0]'],
    ['data of another size', [['a', { ...int8(1), shape: [2] }]], '"a" is int8 [2], but has 1 bytes'],
    ['a shape that is none', [['a', { ...int8(1), shape: [-1] }]], '"a" is int8 [-1]'],
  ] as const)('refuses %s', (_, tensors, message) => {
    expect(() => serializeSafetensors(tensors as unknown as [string, SafetensorsInput][])).toThrow(message);
    expect(() => serializeSafetensors(tensors as unknown as [string, SafetensorsInput][])).toThrow(
      expect.objectContaining({ name: 'ValueError' }),
    );
  });

  it('refuses a header that could not be read', () => {
    expect(() => serializeSafetensors([], { metadata: [['a', 'x'.repeat(1 << 24)]] })).toThrow('at most 16777216');
  });
});
