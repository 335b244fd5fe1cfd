import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { flatten, isSequence } from './flatten.ts';
import { namedTuple } from './named-tuple.ts';

describe('flatten', () => {
  it('goes through arrays in order', () => {
    expect(flatten([1, [2, 3], [[4], 5]])).toEqual([1, 2, 3, 4, 5]);
    expect(flatten([[], [1, []]])).toEqual([1]);
  });

  it('goes through plain objects in sorted key order', () => {
    expect(flatten({ z: 1, a: [2, 3], m: { y: 4, x: 5 } })).toEqual([2, 3, 5, 4, 1]);
    expect(flatten(Object.assign(Object.create(null), { b: 1, a: 2 }))).toEqual([2, 1]);
  });

  it('goes through named tuples in field order', () => {
    const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);
    expect(flatten([new LSTMState(1, [2, 3]), 4])).toEqual([1, 2, 3, 4]);
  });

  it('takes everything else for a leaf', () => {
    class Instance {
      a = 1;
    }
    const tensor = tf.scalar(1);
    const leaves = [
      tensor,
      null,
      undefined,
      'ab',
      1,
      true,
      () => 1,
      new Instance(),
      new Float32Array(2),
      new Map([[1, 2]]),
    ];
    expect(flatten(leaves)).toEqual(leaves);
    for (const leaf of leaves) expect(flatten(leaf)).toStrictEqual([leaf]);
    tensor.dispose();
  });

  it('takes the places of a sparse array for leaves', () => {
    const sparse = new Array<number>(2);
    sparse[1] = 5;
    expect(flatten(sparse)).toStrictEqual([undefined, 5]);
  });

  it('has a key __proto__ as any other', () => {
    expect(flatten(JSON.parse('{"__proto__": [1, 2], "a": 3}'))).toEqual([1, 2, 3]);
  });

  it('says where a structure contains itself', () => {
    const cycle: unknown[] = [1, { a: [] }];
    (cycle[1] as { a: unknown[] }).a.push(0, cycle);
    expect(() => flatten(cycle)).toThrow(ValueError);
    expect(() => flatten(cycle)).toThrow('the structure contains itself, at structure[1].a[1]');
  });

  it('takes one object in two places for two', () => {
    const shared = [1, 2];
    expect(flatten([shared, { again: shared }])).toEqual([1, 2, 1, 2]);
  });

  it('gives a clear error for very deep structures', () => {
    const nestedIn = (depth: number): unknown => {
      let structure: unknown = 1;
      for (let i = 0; i < depth; i++) structure = i % 2 ? [structure] : { a: structure };
      return structure;
    };
    expect(flatten(nestedIn(1000))).toEqual([1]);
    expect(() => flatten(nestedIn(10_000))).toThrow('nest: the structure is nested more than 1000 levels deep');
  });
});

describe('isSequence', () => {
  it('is true of arrays, plain objects and named tuples', () => {
    const Pair = namedTuple('Pair', ['a', 'b']);
    expect([[], [1], {}, { a: 1 }, Object.create(null), new Pair(1, 2)].map(isSequence)).not.toContain(false);
  });

  it('is false of leaves', () => {
    expect([1, 'abc', null, undefined, new Map(), new Int32Array(1), () => [], /x/].map(isSequence)).not.toContain(
      true,
    );
  });
});
