import { namedTuple, nest } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { asNamedTuples, flattenSizes, inStructureOf, mapSizes, type StateSize, showSize } from './state-size.ts';

const Pair = namedTuple('Pair', ['second', 'first']);

describe('mapSizes', () => {
  it('takes an array of numbers for one shape, and other arrays for structures', () => {
    const shapes = (size: StateSize) => flattenSizes(size);
    expect(shapes(3)).toEqual([[3]]);
    expect(shapes([2, 3])).toEqual([[2, 3]]);
    expect(shapes([[2], [3]])).toEqual([[2], [3]]);
    expect(shapes([2, [3]])).toEqual([[2], [3]]);
    expect(shapes([])).toEqual([]);
  });

  it('keeps arrays, objects and named tuples, in the order of nest', () => {
    const size: StateSize = [{ b: [1], a: 2 }, new Pair([3], [4, 5])];
    expect(flattenSizes(size)).toEqual([[2], [1], [3], [4, 5]]);
    const mapped = mapSizes(size, (shape) => shape.length) as [object, object];
    expect(mapped[0]).toEqual({ a: 1, b: 1 });
    expect(mapped[1]).toBeInstanceOf(Pair);
    expect(nest.flatten(mapped)).toEqual([1, 1, 1, 2]);
  });
});

describe('showSize', () => {
  it('writes sizes as messages need them', () => {
    expect(showSize([[2], new Pair([3], 4)])).toBe('[[2], {second:[3], first:[4]}]');
  });
});

describe('inStructureOf', () => {
  it('lets plain objects and arrays stand for named tuples', () => {
    const size: StateSize = [[2], new Pair([3], [4])];
    for (const given of [
      ['a', { first: 'c', second: 'b' }],
      ['a', ['b', 'c']],
      ['a', new Pair('b', 'c')],
    ]) {
      const [, pair] = inStructureOf(size, given) as [string, object];
      expect(pair).toBeInstanceOf(Pair);
      expect([...(pair as Iterable<string>)]).toEqual(['b', 'c']);
    }
  });

  it('refuses other structures', () => {
    const size: StateSize = [[2], [3]];
    expect(() => inStructureOf(size, ['a'])).toThrow('structure');
    expect(() => inStructureOf(size, 'a')).toThrow('structure');
    expect(() => inStructureOf(new Pair(1, 2), { first: 'a', third: 'b' })).toThrow('structure');
  });
});

describe('asNamedTuples', () => {
  it('leaves alone what does not fit', () => {
    expect(asNamedTuples(new Pair(1, 2), [1])).toEqual([1]);
    expect(asNamedTuples([1], { a: 1 })).toEqual({ a: 1 });
    expect(asNamedTuples({ a: 1 }, { a: 2 })).toEqual({ a: 2 });
  });
});
