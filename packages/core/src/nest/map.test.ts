import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { map } from './map.ts';
import { namedTuple } from './named-tuple.ts';

const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

describe('map', () => {
  it('applies a function to the leaves of one structure', () => {
    expect(map((x) => x + 1, [[1, 2], { b: 3, a: [4, 5] }, 6])).toEqual([[2, 3], { b: 4, a: [5, 6] }, 7]);
    expect(map((x) => 2 * x, { b: 1, a: { c: 2 } })).toEqual({ b: 2, a: { c: 4 } });
    expect(map((x) => -x, 3)).toBe(-3);
  });

  it('applies a function to corresponding leaves of several', () => {
    const sums = map((x, y, z) => x + y + z, [1, { a: 2 }], [10, { a: 20 }], [100, { a: 200 }]);
    expect(sums).toEqual([111, { a: 222 }]);
  });

  it('passes nothing but leaves', () => {
    const argumentsOf = (...args: unknown[]) => args;
    expect(map(argumentsOf, [5])).toEqual([[5]]);
    expect(map(argumentsOf, [5], [6])).toEqual([[[5, 6]][0]]);
  });

  it('calls the function in the order of flatten', () => {
    const seen: number[] = [];
    map((x) => seen.push(x), { b: [1, 2], a: new LSTMState(3, 4) });
    expect(seen).toEqual([3, 4, 1, 2]);
  });

  it('may be called within itself', () => {
    expect(map((x) => map((y) => x * y, [1, [2]]), { a: 3, b: [4] })).toEqual({ a: [3, [6]], b: [[4, [8]]] });
  });

  it('says where structures differ', () => {
    expect(() => map((x, y) => [x, y], [1, 2], [1, [2]])).toThrow(ValueError);
    expect(() => map((x, y) => [x, y], [1, 2], [1, [2]])).toThrow(
      'nest.map: structure 1 and structure 2 must have the same structure; they differ at structure[1]: ' +
        'a leaf and a structure.\n  structure 1: [., .]\n  structure 2: [., [.]]',
    );
    expect(() => map(() => 0, { a: 1 }, { a: 1 }, { a: [1] })).toThrow('structure 1 and structure 3');
    expect(() => map(() => 0, new LSTMState(1, 2), [1, 2])).toThrow(TypeError);
  });

  it('checks before it calls the function', () => {
    let calls = 0;
    expect(() => map(() => calls++, [1, 2], [1])).toThrow(ValueError);
    expect(calls).toBe(0);
  });

  it('refuses what is not a function, and no structures', () => {
    expect(() => map(5 as never, [1])).toThrow(TypeError);
    expect(() => (map as (fn: unknown) => unknown)(() => 1)).toThrow('there must be at least one structure');
  });
});
