import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ValueError } from '../errors.ts';
import { getCollection, getDefaultGraph, resetDefaultGraph } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { constant, type Initializer, type InitializerContext, ones } from '../initializers/index.ts';
import { variableScope } from './enter-scope.ts';
import { type GetVariableOptions, getVariable } from './get-variable.ts';
import type { CustomGetter, GetVariableArgs } from './get-variable-args.ts';
import { globalVariables, localVariables, trainableVariables } from './variable-lists.ts';

const get = (name: string, options?: GetVariableOptions): tf.Variable => getVariable(name, options) as tf.Variable;
const sharing = <T>(fn: () => T): T => variableScope('', { reuse: true }, fn);
const wrong = (options: unknown) => () => getVariable('w', { shape: [2], ...(options as GetVariableOptions) });

/** What anybody could see of the default graph. */
function visible(): unknown {
  const graph = getDefaultGraph();
  const collections = graph.collectionNames.map((name) => [name, graph.getCollection(name)]);
  return { collections, keys: Object.keys(tf.engine().registeredVariables), numTensors: tf.memory().numTensors };
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('getVariable, for a new variable', () => {
  it('makes one of the shape, dtype and first value that were asked for', () => {
    const w = get('w', { shape: [2, 3], dtype: 'int32', initializer: constant(7) });
    expect(w).toBeInstanceOf(tf.Variable);
    expect([w.name, w.shape, w.dtype, [...w.dataSync()]]).toEqual(['w', [2, 3], 'int32', [7, 7, 7, 7, 7, 7]]);
  });

  it('begins with Glorot-uniform floats, and with zeros of other dtypes', () => {
    const values = [...get('w', { shape: [30, 20] }).dataSync()];
    const limit = Math.sqrt(6 / 50);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(limit / 2);
    expect([...get('i', { shape: [2], dtype: 'int32' }).dataSync()]).toEqual([0, 0]);
    expect([...get('b', { shape: [2], dtype: 'bool' }).dataSync()]).toEqual([0, 0]);
  });

  it('asks the initializer once, with the name and a stream of its own', () => {
    const initializer = vi.fn((shape: number[], dtype: tf.DataType, { name, random }: InitializerContext) => {
      expect([shape, dtype, name]).toEqual([[2], 'float32', 'net/w']);
      return random.uniform(shape);
    });
    const make = (): tf.Variable =>
      variableScope('net', { reuse: 'auto' }, () => get('w', { shape: [2], initializer }));
    expect(make()).toBe(make());
    expect(initializer).toHaveBeenCalledTimes(1);
  });

  it('keeps nothing but the variable, whatever the initializer computes', () => {
    const initializer: Initializer = (shape) => tf.add(tf.mul(tf.ones(shape), 2), 1);
    expectNoLeak(() => void get('w', { shape: [2], initializer }), { kept: 1 });
  });

  it('leaves a tensor of somebody else alone that the initializer gives', () => {
    const values = tf.tensor1d([1, 2]);
    const w = get('w', { shape: [2], initializer: () => values });
    w.assign(tf.tensor1d([3, 4]));
    expect([...values.dataSync()]).toEqual([1, 2]);
    values.dispose();
    expect([...w.dataSync()]).toEqual([3, 4]);
  });

  it('can be made inside tf.tidy and stays', () => {
    const w = tf.tidy(() => get('w', { shape: [2] }));
    expect(w.isDisposed).toBe(false);
  });

  it('adds it to the collections', () => {
    const w = get('w', { shape: [1] });
    const frozen = get('frozen', { shape: [1], trainable: false });
    const local = get('local', { shape: [1], trainable: false, collections: [GraphKeys.LOCAL_VARIABLES] });
    const own = get('own', { shape: [1], collections: ['a', 'b'] });
    expect([globalVariables(), trainableVariables(), localVariables()]).toEqual([[w, frozen], [w, own], [local]]);
    expect([getCollection('a'), getCollection('b')]).toEqual([[own], [own]]);
    expect([w.trainable, frozen.trainable]).toEqual([true, false]);
  });

  it('may have a name with slashes, which lies in those scopes', () => {
    const w = get('a/b/w', { shape: [1] });
    expect(variableScope('a/b', { reuse: true }, () => get('w'))).toBe(w);
    expect(sharing(() => get('a/b/w', { shape: [1] }))).toBe(w);
  });
});

describe('getVariable, for a variable that exists', () => {
  it('gives the same one, with or without its shape', () => {
    const w = get('w', { shape: [2, 3] });
    expect(sharing(() => [get('w'), get('w', { shape: [2, 3] }), get('w', { dtype: 'float32' })])).toEqual([w, w, w]);
    expect(get('w', { reuse: true })).toBe(w);
    expect(get('w', { reuse: 'auto', initializer: ones(), trainable: false })).toBe(w);
  });

  it('must be allowed to: the default is that it is new', () => {
    get('w', { shape: [2] });
    expect(() => get('w', { shape: [2] })).toThrow(
      'Variable "w" already exists, and this scope may not share variables.',
    );
    expect(() => sharing(() => get('w', { reuse: false }))).toThrow(ValueError);
  });

  it('refuses another shape or dtype', () => {
    get('w', { shape: [2, 3] });
    const message = 'Variable "w" cannot be shared: it has the shape [2, 3], but [3, 2] was asked for.';
    expect(() => sharing(() => get('w', { shape: [3, 2] }))).toThrow(message);
    expect(() => sharing(() => get('w', { shape: [2] }))).toThrow(ValueError);
    expect(() => sharing(() => get('w', { dtype: 'int32' }))).toThrow(
      'Variable "w" cannot be shared: it is float32, but int32 was asked for.',
    );
  });

  it("goes by the scope's dtype where the request names none", () => {
    const steps = get('steps', { shape: [], dtype: 'int32' });
    expect(() => sharing(() => get('steps'))).toThrow('it is int32, but float32 was asked for');
    expect(variableScope('', { reuse: true, dtype: 'int32' }, () => get('steps'))).toBe(steps);
  });

  it('says so when it was disposed, instead of handing out what is gone', () => {
    get('w', { shape: [2] }).dispose();
    const message = 'Variable "w" was disposed, by its dispose method or by tf.disposeVariables';
    expect(() => sharing(() => get('w', { shape: [2] }))).toThrow(message);
    expect(() => get('w', { shape: [2] })).toThrow(message);
    resetDefaultGraph();
    expect(get('w', { shape: [2] }).isDisposed).toBe(false);
  });

  it('leaks nothing', () => {
    get('w', { shape: [2] });
    const before = tf.memory().numTensors;
    for (let i = 0; i < 100; i++) sharing(() => get('w', { shape: [2] }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('getVariable refuses, and changes nothing', () => {
  const refuses = (fn: () => unknown, type: typeof ValueError | typeof TypeError, message: string): void => {
    get('other', { shape: [1] });
    const before = visible();
    expect(fn).toThrow(type);
    expect(fn).toThrow(message);
    expect(visible()).toEqual(before);
    expect(get('w', { shape: [2] }).name).toBe('w');
  };

  it('a new variable in a scope that only shares', () => {
    refuses(() => sharing(() => get('w', { shape: [2] })), ValueError, 'Variable "w" does not exist');
  });

  it('a new variable without a shape', () => {
    refuses(() => get('w'), ValueError, 'Variable "w" is new, so its shape must be given');
  });

  it.each([[[-1]], [[1.5]], [[Number.NaN]]])('the shape %j', (shape) => {
    refuses(() => get('w', { shape }), ValueError, 'every size must be an integer of at least 0');
  });

  it.each(['', 'a b', '_w', 'w:0', 'a//w', 'a/', '/w'])('the name %j', (name) => {
    refuses(() => get(name, { shape: [2] }), ValueError, 'the name must match');
  });

  it('a name that is no string', () => {
    refuses(() => getVariable(3 as unknown as string, { shape: [2] }), TypeError, 'the name must be a string; got 3');
  });

  it.each(['float16', 'float64', 'int64', 'string', 'complex64'])('the dtype %s', (dtype) => {
    refuses(wrong({ dtype }), TypeError, `got ${dtype}. TensorFlow.js has no float16`);
  });

  it.each([
    ['shape', 5, 'an array of sizes'],
    ['initializer', 'zeros', 'a function'],
    ['regularizer', 0.1, 'a function'],
    ['partitioner', 2, 'a function'],
    ['customGetter', {}, 'a function'],
    ['trainable', 'no', 'a boolean'],
    ['collections', 'local_variables', 'an array of names'],
    ['collections', [1], 'an array of names'],
    ['reuse', 'AUTO_REUSE', "true, false or 'auto'"],
  ])('as %s the value %j', (key, value, expected) => {
    refuses(wrong({ [key]: value }), TypeError, `${key} must be ${expected}`);
  });

  it('an initializer that gives no tensor, or a wrong one', () => {
    const initializer = (value: unknown) => wrong({ initializer: () => value });
    refuses(initializer(3), TypeError, 'Variable "w": the initializer must return a tensor; got 3.');
    resetDefaultGraph();
    const make = wrong({ initializer: () => tf.zeros([3]) });
    refuses(make, ValueError, 'the initializer must return float32 [2]; got float32 [3].');
    resetDefaultGraph();
    refuses(wrong({ initializer: () => tf.zeros([2], 'int32') }), ValueError, 'got int32 [2]');
  });

  it('an initializer or a regularizer that throws', () => {
    const fail = (): never => {
      tf.zeros([3]);
      throw new ValueError('not today');
    };
    refuses(wrong({ initializer: fail }), ValueError, 'not today');
    resetDefaultGraph();
    refuses(wrong({ regularizer: fail }), ValueError, 'not today');
  });
});

describe('the custom getter of a request', () => {
  const double: CustomGetter = (getter, name, args) => tf.mul(getter(name, args), 2);
  const negative: CustomGetter = (getter, name, args) => tf.neg(getter(name, args));

  it('stands between the request and the variable', () => {
    const w = get('w', { shape: [2], initializer: ones(), customGetter: double });
    expect(w).not.toBeInstanceOf(tf.Variable);
    expect([...w.dataSync()]).toEqual([2, 2]);
    expect(globalVariables()).toHaveLength(1);
  });

  it('takes the place of that of the scope', () => {
    variableScope('', { customGetter: double }, () => {
      expect([...get('w', { shape: [1], initializer: ones(), customGetter: negative }).dataSync()]).toEqual([-1]);
      expect([...get('v', { shape: [1], initializer: ones() }).dataSync()]).toEqual([2]);
    });
  });

  it('gets the full name and the whole request, with the defaults of the scope', () => {
    const customGetter = vi.fn(double);
    const initializer = ones();
    variableScope('net', { initializer, reuse: 'auto', customGetter }, () => get('w', { shape: [2] }));
    expect(customGetter).toHaveBeenCalledTimes(1);
    const [, name, args] = customGetter.mock.calls[0] ?? [];
    expect(name).toBe('net/w');
    expect(args).toEqual({
      shape: [2],
      dtype: 'float32',
      initializer,
      regularizer: null,
      trainable: true,
      collections: null,
      partitioner: null,
      reuse: 'auto',
    });
  });

  it('of an inner scope is asked before that of the scope around it', () => {
    const order: string[] = [];
    const note =
      (label: string): CustomGetter =>
      (getter, name, args) => {
        order.push(label);
        return getter(name, args);
      };
    variableScope('a', { customGetter: note('a') }, () =>
      variableScope('b', { customGetter: note('b') }, () => get('w', { shape: [1] })),
    );
    expect(order).toEqual(['b', 'a']);
  });

  it('may ask for another variable, or for several', () => {
    const customGetter: CustomGetter = (getter, name, args) =>
      tf.add(getter(`${name}_mean`, args), getter(`${name}_shift`, args));
    const w = get('w', { shape: [1], initializer: ones(), customGetter });
    expect([...w.dataSync()]).toEqual([2]);
    expect(globalVariables().map(({ name }) => name)).toEqual(['w_mean', 'w_shift']);
  });

  it('must give a tensor', () => {
    const customGetter = (() => undefined) as unknown as CustomGetter;
    expect(wrong({ customGetter })).toThrow('getVariable "w": the custom getter must return a tensor; got undefined.');
  });

  it('may not make up arguments', () => {
    const customGetter = ((getter, name, args) =>
      getter(name, { ...args, shapes: [2] } as GetVariableArgs)) as CustomGetter;
    expect(wrong({ customGetter })).toThrow('getVariable "w": there is no argument \'shapes\'; known are shape, dtype');
    expect(wrong({ customGetter })).toThrow(TypeError);
  });
});
