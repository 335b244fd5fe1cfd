import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { flattenDictItems } from './flatten-dict-items.ts';

describe('flattenDictItems', () => {
  it('makes an entry of each leaf of a key that is a structure', () => {
    const entries: [unknown, unknown][] = [
      [
        [4, 5, [6, 8]],
        ['a', 'b', ['c', 'd']],
      ],
      ['x', [1, 2]],
    ];
    expect([...flattenDictItems(new Map(entries))]).toEqual([
      [4, 'a'],
      [5, 'b'],
      [6, 'c'],
      [8, 'd'],
      ['x', [1, 2]],
    ]);
  });

  it('copies a plain object', () => {
    const given = { a: [1, 2], b: 3 };
    expect(flattenDictItems(given)).toEqual(given);
    expect(flattenDictItems(given)).not.toBe(given);
  });

  it('refuses a value that has not the shape of its key', () => {
    expect(() => flattenDictItems(new Map([[[1, 2], ['a']]]))).toThrow(ValueError);
    expect(() => flattenDictItems(new Map([[[1, 2], 'a']]))).toThrow(ValueError);
  });

  it('refuses keys that occur twice', () => {
    const entries: [unknown, unknown][] = [
      ['a', 1],
      [['a'], [2]],
    ];
    expect(() => flattenDictItems(new Map(entries))).toThrow('the key a occurs twice');
  });

  it('refuses what is not a dictionary', () => {
    expect(() => flattenDictItems([1] as never)).toThrow(TypeError);
    expect(() => flattenDictItems(1 as never)).toThrow(TypeError);
  });
});
