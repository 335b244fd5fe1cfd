import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { assertSameStructure, assertShallowStructure } from './assert-structure.ts';
import { namedTuple } from './named-tuple.ts';

const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

describe('assertSameStructure', () => {
  it('accepts equal shapes, whatever the leaves', () => {
    assertSameStructure([1, { a: [2, 'x'] }], [null, { a: [undefined, 3] }]);
    assertSameStructure({ b: 1, a: 2 }, { a: 1, b: 2 });
    assertSameStructure(1, 'x');
    assertSameStructure([], []);
    assertSameStructure(new LSTMState(1, [2]), new LSTMState(3, [4]));
  });

  it('refuses another number of elements', () => {
    expect(() => assertSameStructure([1, [2]], [3, [4, 5]])).toThrow(ValueError);
    expect(() => assertSameStructure([1, [2]], [3, [4, 5]])).toThrow(
      'nest.assertSameStructure: the first and the second must have the same structure; they differ at structure[1]: ' +
        '1 element and 2 elements.\n  the first: [., [.]]\n  the second: [., [., .]]',
    );
  });

  it('refuses other keys', () => {
    expect(() => assertSameStructure({ a: 1 }, { b: 1 })).toThrow(ValueError);
    expect(() => assertSameStructure([{ 'x y': { a: 1 } }], [{ 'x y': { b: 1 } }])).toThrow(
      'they differ at structure[0]["x y"]: the keys {a} and {b}',
    );
    expect(() => assertSameStructure({ a: 1 }, { a: 1, b: 1 })).toThrow('the keys {a} and {a, b}');
    expect(() => assertSameStructure({ 'a, b': 1, c: 1 }, { a: 1, 'b, c': 1 })).toThrow(ValueError);
  });

  it('refuses a leaf in place of a structure', () => {
    expect(() => assertSameStructure([1], [[1]])).toThrow(ValueError);
    expect(() => assertSameStructure([[1]], [1])).toThrow('they differ at structure[0]: a structure and a leaf');
  });

  it('refuses other types of structures', () => {
    const Pair = namedTuple('Pair', ['hidden', 'cell']);
    expect(() => assertSameStructure([1], { a: 1 })).toThrow(TypeError);
    expect(() => assertSameStructure(new LSTMState(1, 2), { hidden: 1, cell: 2 })).toThrow(
      'the named tuple LSTMState and an object',
    );
    expect(() => assertSameStructure(new LSTMState(1, 2), new Pair(1, 2))).toThrow(TypeError);
  });

  it('takes two named tuples of one name and the same fields for the same', () => {
    const FromAnotherCopy = namedTuple('LSTMState', ['hidden', 'cell']);
    const OtherFields = namedTuple('LSTMState', ['cell', 'hidden']);
    assertSameStructure(new LSTMState(1, 2), new FromAnotherCopy(3, 4));
    expect(() => assertSameStructure(new LSTMState(1, 2), new OtherFields(1, 2))).toThrow(TypeError);
  });

  it('compares numbers of elements only, without checkTypes', () => {
    assertSameStructure([1, 2], { a: 1, b: 2 }, { checkTypes: false });
    assertSameStructure(new LSTMState(1, [2]), { x: 1, y: { z: 2 } }, { checkTypes: false });
    expect(() => assertSameStructure([1, 2], { a: 1 }, { checkTypes: false })).toThrow(ValueError);
  });

  it('refuses structures that contain themselves, and can draw them', () => {
    const cycle: unknown[] = [1];
    cycle.push(cycle);
    expect(() => assertSameStructure(cycle, cycle)).toThrow('contains itself');
    expect(() => assertSameStructure([1, [1, 2]], cycle)).toThrow(
      'they differ at structure[1][1]: a leaf and a structure',
    );
  });

  it('cuts long drawings off', () => {
    const long = Array.from({ length: 100_000 }, () => 0);
    expect(() => assertSameStructure(long, [long])).toThrow(/^.{300,1500}$/s);
  });
});

describe('assertShallowStructure', () => {
  it('accepts any structure below the leaves of the shallow one', () => {
    assertShallowStructure([1, 2], [[3], [4, 5]]);
    assertShallowStructure(0, { a: [1] });
    assertShallowStructure({ a: 0, b: [0] }, { a: [1, 2], b: [{ c: 3 }] });
  });

  it('refuses a leaf in place of a structure', () => {
    expect(() => assertShallowStructure([1, [2]], [3, 4])).toThrow(TypeError);
    expect(() => assertShallowStructure([1, [2]], [3, 4])).toThrow(
      'nest.assertShallowStructure: the shallow structure and the input must have the same structure; ' +
        'they differ at structure[1]: a structure and a leaf.\n  the shallow structure: [., [.]]\n  the input: [., .]',
    );
  });

  it('refuses other numbers of elements, keys and types', () => {
    expect(() => assertShallowStructure([0, 0], [1, 2, 3])).toThrow(ValueError);
    expect(() => assertShallowStructure({ a: 0 }, { b: 0 })).toThrow(ValueError);
    expect(() => assertShallowStructure([0], { a: 0 })).toThrow(TypeError);
    assertShallowStructure([0], { a: [1, 2] }, { checkTypes: false });
  });
});
