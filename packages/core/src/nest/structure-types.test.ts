import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as nest from './index.ts';
import { namedTuple } from './named-tuple.ts';

const tensor = tf.tensor2d([[1]]);
const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);

interface Params {
  w: tf.Tensor;
  layers: { b: tf.Tensor }[];
}
const params: Params = { w: tensor, layers: [{ b: tensor }] };
const recursive: nest.Nested<tf.Tensor> = [tensor, { a: [tensor] }];

describe('the types of flatten', () => {
  it('find the leaves of arrays, tuples, objects and named tuples', () => {
    expectTypeOf(nest.flatten([1, [2, 3]])).toEqualTypeOf<number[]>();
    expectTypeOf(nest.flatten({ a: tensor, b: ['x'] })).toEqualTypeOf<(tf.Tensor2D | string)[]>();
    expectTypeOf(nest.flatten(new LSTMState(tensor, 'c'))).toEqualTypeOf<(tf.Tensor2D | string)[]>();
    expectTypeOf(nest.flatten(tensor)).toEqualTypeOf<tf.Tensor2D[]>();
    expectTypeOf(nest.flatten(params)).toEqualTypeOf<tf.Tensor[]>();
  });

  it('end on recursive and unknown types', () => {
    expectTypeOf(nest.flatten<nest.Nested<tf.Tensor>>(recursive)).toEqualTypeOf<tf.Tensor[]>();
    expectTypeOf(nest.flatten<unknown>(recursive)).toEqualTypeOf<unknown[]>();
  });
});

describe('the types of map', () => {
  it('keep tuples, arrays, objects and named tuples', () => {
    expectTypeOf(nest.map((t) => t.rank, [tensor, { a: [tensor] }])).toEqualTypeOf<[number, { a: [number] }]>();
    expectTypeOf(nest.map(String, [[1]] as number[][])).toEqualTypeOf<string[][]>();
    expectTypeOf(nest.map((t) => t.rank, params)).toEqualTypeOf<{ w: number; layers: { b: number }[] }>();
    expectTypeOf(nest.map((t) => t.shape, tensor)).toEqualTypeOf<[number, number]>();
    const state = nest.map((t) => t.rank, new LSTMState(tensor, [tensor]));
    expectTypeOf(state.hidden).toEqualTypeOf<number>();
    expectTypeOf(state.cell).toEqualTypeOf<number[]>();
  });

  it('give the function corresponding leaves', () => {
    const mapped = nest.map(
      (a, b) => {
        expectTypeOf(a).toEqualTypeOf<tf.Tensor2D>();
        expectTypeOf(b).toEqualTypeOf<'x' | 'y'>();
        return a.rank === b.length;
      },
      [tensor, [tensor]],
      ['x', ['y']],
    );
    expectTypeOf(mapped).toEqualTypeOf<[boolean, [boolean]]>();
  });

  it('work on recursive types and optional fields', () => {
    const nested = nest.map((t) => t.rank, recursive as nest.Nested<tf.Tensor>);
    expectTypeOf(nested).toExtend<nest.Nested<number>>();
    const optional: { a?: tf.Tensor } = {};
    expectTypeOf(nest.map(() => 1, optional)).toEqualTypeOf<{ a?: number }>();
  });
});

describe('the types of the other functions', () => {
  it('pack into the shape of the structure', () => {
    const packed = nest.packSequenceAs([0, { a: 0 }], [tensor, tensor]);
    expectTypeOf(packed).toEqualTypeOf<[tf.Tensor2D, { a: tf.Tensor2D }]>();
  });

  it('find the parts below a shallow structure', () => {
    const input: [tf.Tensor2D[], string] = [[tensor], 'x'];
    expectTypeOf(nest.flattenUpTo([0, 0], input)).toEqualTypeOf<(tf.Tensor2D[] | string)[]>();
    const mapped = nest.mapUpTo({ a: 0 }, (part, other) => part.length + other.rank, { a: [1, 2] }, { a: tensor });
    expectTypeOf(mapped).toEqualTypeOf<{ a: number }>();
  });

  it('accept structures as Nested', () => {
    expectTypeOf([tensor, { a: [tensor] }]).toExtend<nest.Nested<tf.Tensor>>();
    expectTypeOf(new LSTMState(tensor, [tensor])).toExtend<nest.Nested<tf.Tensor>>();
    expectTypeOf<string>().not.toExtend<nest.Nested<tf.Tensor>>();
  });

  it('know named tuples by position and by name', () => {
    const [hidden, cell] = new LSTMState(tensor, 3);
    expectTypeOf(hidden).toEqualTypeOf<tf.Tensor2D>();
    expectTypeOf(cell).toEqualTypeOf<number>();
    expectTypeOf(LSTMState.from({ cell: 'c', hidden: tensor }).hidden).toEqualTypeOf<tf.Tensor2D>();
    // @ts-expect-error One value is missing.
    expect(() => new LSTMState(tensor)).toThrow(TypeError);
    // @ts-expect-error There is no such field.
    expect(() => LSTMState.from({ cell: 1, hiden: 2 })).toThrow(TypeError);
  });
});
