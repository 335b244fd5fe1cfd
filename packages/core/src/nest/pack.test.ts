import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { namedTuple } from './named-tuple.ts';
import { packSequenceAs } from './pack.ts';

const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

describe('packSequenceAs', () => {
  it('fills arrays, objects and named tuples', () => {
    const packed = packSequenceAs([0, { b: 0, a: [0, 0] }, new LSTMState(0, [0, 0])], [1, 2, 3, 4, 5, 6, 7]);
    expect(packed).toStrictEqual([1, { b: 4, a: [2, 3] }, new LSTMState(5, [6, 7])]);
    expect(packed[2]).toBeInstanceOf(LSTMState);
  });

  it('packs one value as a leaf', () => {
    expect(packSequenceAs(1, [9])).toBe(9);
  });

  it('leaves its arguments as they are', () => {
    const structure = Object.freeze([Object.freeze({ a: 1 })] as const);
    const flat = Object.freeze([5]);
    expect(packSequenceAs(structure, flat)).toEqual([{ a: 5 }]);
    expect(structure).toEqual([{ a: 1 }]);
  });

  it('keeps the order and the kind of an object', () => {
    expect(Object.keys(packSequenceAs({ z: 0, a: 0, m: 0 }, [1, 2, 3]))).toEqual(['z', 'a', 'm']);
    const bare = Object.assign(Object.create(null), { b: 0, a: 0 });
    const packed = packSequenceAs(bare, [1, 2]);
    expect(Object.getPrototypeOf(packed)).toBeNull();
    expect(Object.entries(packed as object)).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('does not change the prototype for a key __proto__', () => {
    const packed = packSequenceAs(JSON.parse('{"__proto__": 0, "a": 0}'), [{ evil: true }, 2]) as object;
    expect(Object.getPrototypeOf(packed)).toBe(Object.prototype);
    expect(Object.hasOwn(packed, '__proto__')).toBe(true);
    expect('evil' in packed).toBe(false);
  });

  it('refuses too few and too many values', () => {
    expect(() => packSequenceAs([0, [0, 0]], [1, 2])).toThrow(ValueError);
    expect(() => packSequenceAs([0, { a: 0, b: [0] }], [1, 2])).toThrow(
      'nest.packSequenceAs: the structure has 3 leaves, but flatSequence has 2 items.\n  the structure: [., {a: ., b: [.]}]',
    );
    expect(() => packSequenceAs(1, [1, 2])).toThrow('the structure has 1 leaves, but flatSequence has 2 items');
  });

  it('refuses values that are not in an array', () => {
    expect(() => packSequenceAs([0], 5 as unknown as number[])).toThrow(TypeError);
  });

  it('refuses a structure that contains itself', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => packSequenceAs(cycle, [1])).toThrow('the structure contains itself, at structure[0]');
  });
});
