import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { namedTuple } from './named-tuple.ts';
import { flattenUpTo, mapUpTo } from './up-to.ts';

const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

describe('flattenUpTo', () => {
  it('gives the parts where the shallow structure has its leaves', () => {
    expect(flattenUpTo({ a: 0, b: [0, 0] }, { a: [1, 1], b: [2, [3]] })).toEqual([[1, 1], 2, [3]]);
    expect(flattenUpTo(0, [1, 2])).toEqual([[1, 2]]);
    expect(flattenUpTo(new LSTMState(0, [0]), new LSTMState([1, 2], [3]))).toEqual([[1, 2], 3]);
  });

  it('refuses an input that is not as deep', () => {
    expect(() => flattenUpTo([0, 0], [1, 2, 3])).toThrow(ValueError);
    expect(() => flattenUpTo([0, 0], [1, 2, 3])).toThrow('nest.flattenUpTo: the shallow structure and the input');
    expect(() => flattenUpTo([[0]], [1])).toThrow(TypeError);
  });

  it('pairs an array with the sorted keys of an object, without checkTypes', () => {
    expect(flattenUpTo([0, 0], { b: 1, a: [2] }, { checkTypes: false })).toEqual([[2], 1]);
  });
});

describe('mapUpTo', () => {
  it('gives the function the parts of each input', () => {
    expect(mapUpTo([0, [0, 0]], (part) => part, [1, [[2, 3], 4]])).toEqual([1, [[2, 3], 4]]);
    const pairs = mapUpTo({ a: 0, b: 0 }, (x, y) => [x, y], { a: [1], b: 2 }, { b: [[3]], a: 4 });
    expect(pairs).toEqual({ a: [[1], 4], b: [2, [[3]]] });
  });

  it('refuses what does not fit', () => {
    expect(() => mapUpTo([0], (part) => part, [1, 2])).toThrow('nest.mapUpTo');
    expect(() => mapUpTo([0], 'f' as never, [1])).toThrow(TypeError);
    expect(() => (mapUpTo as (shallow: unknown, fn: unknown) => unknown)([0], () => 0)).toThrow(TypeError);
  });
});
