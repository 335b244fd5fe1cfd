import { AbstractModule, Module, NotConnectedError, resetDefaultGraph, variableScope } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { Linear } from './linear.ts';
import { Sequential } from './sequential.ts';
import { BatchFlatten } from './shape/batch-flatten.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('Sequential', () => {
  it('applies layers, modules and functions alike, one after the other', () => {
    const double = (x: number): number => 2 * x;
    const stack = new Sequential([double, new Module((x: number) => x + 1, { name: 'inc' }), double]);
    expect(stack(3)).toBe(14);
    expect(stack.layers).toHaveLength(3);
  });

  it('hands an array on as several arguments', () => {
    const stack = new Sequential([
      (x: number): [number, number] => [x, x + 1],
      (a: number, b: number): [number, [number]] => [a * b, [a]],
      (product: number, rest: [number]): string => `${product} ${JSON.stringify(rest)}`,
    ]);
    expect(stack(3)).toBe('12 [3]');
  });

  it('hands all its arguments to the first layer', () => {
    const sum = (...values: number[]): number => values.reduce((total, value) => total + value, 0);
    expect(new Sequential([sum])(1, 2, 3)).toBe(6);
  });

  it('without layers gives back what it gets', () => {
    const empty = new Sequential([]);
    expect([empty(1), empty(1, 2), empty([1])]).toEqual([1, [1, 2], [1]]);
  });

  it('copies the list of layers', () => {
    const layers: ((x: number) => number)[] = [(x) => x + 1];
    const stack = new Sequential(layers);
    layers.push(() => 0);
    expect(stack(1)).toBe(2);
  });

  it('lists the variables of its layers, which lie outside its scope', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const stack = variableScope('net', () => new Sequential([new Linear(4), tf.relu, new Linear(2)]));
    stack(tf.ones([1, 3]));
    expect(stack.scopeName).toBe('net/sequential');
    const names = ['net/linear/b', 'net/linear/w', 'net/linear_1/b', 'net/linear_1/w'];
    expect(stack.variables.map(({ name }) => name)).toEqual(names);
    expect(stack.getAllVariables().map(({ name }) => name)).toEqual(names);
    expect(warn).not.toHaveBeenCalled();
    expect(stack.getVariables()).toEqual([]);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('Sequential "net/sequential": getVariables lists'),
    ]);
  });

  it('says that it is not connected', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(() => new Sequential([tf.relu]).getVariables()).toThrow(NotConnectedError);
    expect(() => new Sequential([tf.relu]).variables).toThrow(NotConnectedError);
  });

  it('shares layers with other sequences', () => {
    const shared = new Linear(4);
    const [first, second] = [new Sequential([shared, tf.relu]), new Sequential([shared])];
    first(tf.ones([1, 3]));
    second(tf.ones([2, 3]));
    expect(second.variables).toEqual(first.variables);
  });

  it('frees what its layers compute on the way', () => {
    const stack = new Sequential([new BatchFlatten(), new Linear(4), tf.relu, tf.neg, new Linear(2)]);
    const x = tf.ones([2, 3, 4]);
    expectNoLeak(() => stack(x), { kept: 4 });
    expectNoLeak(() => stack(x));
  });

  it('is taken back with its layers when one of them fails', () => {
    const first = new Linear(4);
    const stack = new Sequential([first, new Linear(() => -1)]);
    const x = tf.ones([1, 3]);
    const { numTensors } = tf.memory();
    expect(() => stack(x)).toThrow('Linear "linear_1": outputSize must be a positive integer');
    expect([first.isConnected, tf.memory().numTensors]).toEqual([false, numTensors]);
    expect(first(tf.ones([1, 7])).shape).toEqual([1, 4]);
  });

  it.each([
    ['null', null],
    ['a number', 3],
    ['one layer', tf.relu],
    ['a layer that is none', [tf.relu, 3]],
    ['a name', 'relu'],
  ])('refuses %s in the place of the layers', (_, layers) => {
    expect(() => new Sequential(layers as unknown as [])).toThrow(TypeError);
    expect(new Sequential([]).moduleName).toBe('sequential');
  });

  it('says which of its layers are none', () => {
    const none = () => new Sequential(null as unknown as []);
    expect(none).toThrow('Sequential: layers must be an array of modules and functions; got null.');
    const layers = [tf.relu, 3, null] as unknown as [];
    expect(() => new Sequential(layers)).toThrow('item 1 is 3 (number), item 2 is null (object)');
  });
});

describe('the types of a Sequential', () => {
  it('are those of its first and last layers', () => {
    const stack = new Sequential([new Linear(4), tf.relu, (x: tf.Tensor) => ({ x })]);
    expectTypeOf(stack).parameters.toEqualTypeOf<[inputs: tf.Tensor]>();
    expectTypeOf(stack).returns.toEqualTypeOf<{ x: tf.Tensor }>();
    expectTypeOf(stack.layers[0]).toEqualTypeOf<Linear>();
    const pair = new Sequential([(a: number, b?: string) => [a, b] as const]);
    expectTypeOf(pair).parameters.toEqualTypeOf<[a: number, b?: string]>();
    expectTypeOf(pair).returns.toEqualTypeOf<readonly [number, string | undefined]>();
  });

  it('are those of any of the layers where these are not known one by one', () => {
    const layers: Linear[] = [new Linear(4), new Linear(2)];
    const stack = new Sequential(layers);
    expectTypeOf(stack).parameters.toEqualTypeOf<[inputs: tf.Tensor]>();
    expectTypeOf(stack).returns.toEqualTypeOf<tf.Tensor>();
  });

  it('fit into further sequences and modules', () => {
    const inner = new Sequential([new Linear(4)]);
    const outer = new Sequential([inner, tf.relu]);
    expectTypeOf(outer).toExtend<(inputs: tf.Tensor) => tf.Tensor>();
    expectTypeOf(outer).toExtend<AbstractModule<[inputs: tf.Tensor], tf.Tensor>>();
    expect(outer).toBeInstanceOf(AbstractModule);
  });

  it('refuse what is no layer', () => {
    // @ts-expect-error a number is no layer
    expect(() => new Sequential([3])).toThrow(TypeError);
    // @ts-expect-error the first layer takes a tensor
    expect(() => new Sequential([new Linear(4)])(3)).toThrow(TypeError);
  });
});
