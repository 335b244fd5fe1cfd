import { nest } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Bindings } from './bindings.ts';
import type { Json } from './case-format.ts';
import { elementsOf } from './tensors.ts';
import { decode } from './values.ts';

/** Decodes a value where nothing is bound, and notes the paths of tensors. */
function decodeAlone(value: Json, names: Map<string, unknown> = new Map()): { value: unknown; paths: string[] } {
  const paths: string[] = [];
  const bindings: Bindings = {
    names,
    onInput: (path) => paths.push(path),
    runSteps: () => undefined,
    decode: (inner, path) => decode(inner, path, bindings),
    construct: (module, config) => ({ module, config }),
    callFunction: (name, args) => ({ name, args }),
  };
  return { value: decode(value, 'calls[0].args[0]', bindings), paths };
}

describe('decode', () => {
  it('makes tensors, with 64-bit integers as 32-bit ones', () => {
    const value = decodeAlone({ dtype: 'int64', shape: [2], data: [1, 2] }).value as tf.Tensor;
    expect([value.dtype, value.shape, [...value.dataSync()]]).toEqual(['int32', [2], [1, 2]]);
    const infinite = decodeAlone({ dtype: 'float32', shape: [2], data: ['NaN', '-Infinity'] }).value as tf.Tensor;
    expect([...infinite.dataSync()]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  it('names the paths of tensors inside lists, tuples, dictionaries and named tuples', () => {
    const t = { dtype: 'float32', shape: [], data: [1] };
    const { value, paths } = decodeAlone([
      { tuple: [t, t] },
      { namedtuple: 'LSTMState', fields: { hidden: t, cell: [t] } },
      { key: t },
    ]);
    expect(paths).toEqual([
      'calls[0].args[0][0][0]',
      'calls[0].args[0][0][1]',
      'calls[0].args[0][1].hidden',
      'calls[0].args[0][1].cell[0]',
      'calls[0].args[0][2].key',
    ]);
    expect(nest.flatten(value as never)).toHaveLength(5);
  });

  it('follows references and their paths', () => {
    const names = new Map<string, unknown>([['s', { someState: [1, 2] }]]);
    expect(decodeAlone({ ref: 's', path: ['some_state', 1] }, names).value).toBe(2);
    expect(() => decodeAlone({ ref: 'nobody' })).toThrow('nobody');
  });

  it('tells a description of an initializer from an argument of that name', () => {
    expect(decodeAlone({ initializer: 'ones' }).value).toBeTypeOf('function');
    const { value } = decodeAlone({ regularizer: { regularizer: 'l1', scale: 0.5 } });
    expect((value as { regularizer: unknown }).regularizer).toBeTypeOf('function');
    expect(() => decodeAlone({ initializer: 'nobody' })).toThrow('"nobody"');
  });

  it('gives functions the names that modules are named by', () => {
    expect((decodeAlone({ fn: 'tf.nn.relu' }).value as { name: string }).name).toBe('relu');
    const lambda = { params: ['x'], steps: [], return: { ref: 'x' } };
    expect((decodeAlone({ lambda, name: 'make_model' }).value as { name: string }).name).toBe('make_model');
    expect((decodeAlone({ lambda }).value as { name: string }).name).toBe('');
  });

  it('calls functions with arguments by position and by name', () => {
    const lambda = {
      params: ['x', 'is_training'],
      steps: [],
      return: { tuple: [{ ref: 'x' }, { ref: 'is_training' }] },
    };
    const fn = decodeAlone({ lambda }).value as (...args: unknown[]) => unknown;
    expect(fn(1, true)).toEqual([1, true]);
    expect(fn(1, { isTraining: false })).toEqual([1, false]);
  });
});

describe('elementsOf', () => {
  it('follows the formula of generated tensors', () => {
    const value = { dtype: 'float32', shape: [2], pattern: { seed: 1, scale: 0.5, offset: 2 } };
    const first = (((0 * 7919 + 104729) % 10007) / 10007) * 2 - 1;
    expect(elementsOf(value)[0]).toBe(Math.fround(first * 0.5 + 2));
    expect(elementsOf(value)).toHaveLength(2);
  });
});
