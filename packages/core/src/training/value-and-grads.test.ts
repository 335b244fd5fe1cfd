import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { nonTrainable, stopGradient } from '../custom-getters/index.ts';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { constant, ones } from '../initializers/index.ts';
import { Module } from '../modules/module.ts';
import { fixedSize } from '../partitioners/index.ts';
import { type GetVariableOptions, getVariable } from '../variables/get-variable.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { valueAndGrads } from './value-and-grads.ts';

/** A module that gives its variable w, of shape [2] and value 3. */
function makeW(name = 'net', options: GetVariableOptions = {}): Module<[], tf.Tensor> {
  return new Module(() => getVariable('w', { shape: [2], initializer: constant(3), ...options }), { name });
}

const square = (module: () => tf.Tensor) => (): tf.Tensor => tf.sum(tf.square(module()));

function gradients(fn: () => tf.Tensor, options: Parameters<typeof valueAndGrads>[1] = {}): Record<string, unknown> {
  const { grads } = valueAndGrads(fn, options);
  return Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, grad && [...grad.dataSync()]]));
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('valueAndGrads', () => {
  it('differentiates by variables that the loss itself makes', () => {
    const { value, grads } = valueAndGrads(square(makeW()));
    expect(value.dataSync()[0]).toBe(18);
    expect([...(grads['net/w']?.dataSync() ?? [])]).toEqual([6, 6]);
  });

  it('gives null for variables on which the loss does not depend', () => {
    makeW('other')();
    expect(gradients(square(makeW()))).toEqual({ 'net/w': [6, 6], 'other/w': null });
  });

  it('differentiates by the variables that it is given only, listed before or after', () => {
    const [first, second] = [makeW('first'), makeW('second')];
    const loss = (): tf.Tensor => tf.add(square(first)(), square(second)());
    expect(gradients(loss, { variables: () => second.trainableVariables })).toEqual({ 'second/w': [6, 6] });
    expect(gradients(loss, { variables: new Set(first.variables) })).toEqual({ 'first/w': [6, 6] });
    expect(Object.keys(gradients(loss, { variables: null }))).toEqual(['first/w', 'second/w']);
  });

  it('goes through modules inside modules', () => {
    const outer = new Module(() => new Module(() => tf.mul(makeW('a')(), makeW('b')()), { name: 'inner' })(), {
      name: 'outer',
    });
    expect(gradients(() => tf.sum(outer()))).toEqual({ 'outer/inner/a/w': [3, 3], 'outer/inner/b/w': [3, 3] });
  });

  it('gives the slices of a variable their gradients', () => {
    const net = makeW('net', { shape: [3], partitioner: fixedSize(2) });
    expect(gradients(square(net))).toEqual({ 'net/w/part_0': [6, 6], 'net/w/part_1': [6] });
  });

  it('leaves out frozen variables, in whatever way they were frozen', () => {
    const [free, made, later] = [makeW('free'), makeW('made', { customGetter: nonTrainable }), makeW('later')];
    const stopped = makeW('stopped', { customGetter: stopGradient });
    for (const module of [free, made, later, stopped]) module();
    for (const variable of later.variables) variable.trainable = false;
    const loss = (): tf.Tensor => tf.addN([free, made, later, stopped].map((module) => square(module)()));
    expect(gradients(loss)).toEqual({ 'free/w': [6, 6], 'stopped/w': null });
  });

  it('differentiates by a frozen variable all the same when it is given', () => {
    const net = makeW('net', { trainable: false });
    expect(gradients(square(net), { variables: () => net.variables })).toEqual({ 'net/w': [6, 6] });
  });

  it('leaves out variables that are no floats', () => {
    const steps = makeW('steps', { dtype: 'int32' });
    const loss = (): tf.Tensor => tf.add(square(makeW())(), tf.cast(tf.sum(steps()), 'float32'));
    expect(gradients(loss)).toEqual({ 'net/w': [6, 6] });
  });

  it('works in another graph, by the names there', () => {
    const graph = new Graph();
    makeW('outside')();
    const net = graph.asDefault(() => makeW());
    expect(graph.asDefault(() => gradients(square(net)))).toEqual({ 'net/w': [6, 6] });
    graph.dispose();
  });

  it('gives new tensors, even where the loss is a variable or somebody’s tensor', () => {
    const scalar = getVariable('s', { shape: [], initializer: ones() });
    const { value, grads } = valueAndGrads(() => scalar);
    expect([value === scalar, grads.s === value]).toEqual([false, false]);
    tf.dispose([value, grads.s as tf.Tensor]);
    expect(scalar.isDisposed).toBe(false);
    expect(scalar.dataSync()[0]).toBe(1);
  });

  it('gives each variable a gradient of its own', () => {
    const [a, b] = ['a', 'b'].map((name) => getVariable(name, { shape: [], initializer: ones() })) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const { grads } = valueAndGrads(() => tf.add(a, tf.add(b, a)));
    grads.a?.dispose();
    expect(grads.b?.dataSync()[0]).toBe(1);
  });

  it('leaks nothing but what it returns', () => {
    const net = makeW();
    const loss = square(net);
    tf.tidy(() => void valueAndGrads(loss));
    const { value, grads } = expectNoLeak(() => valueAndGrads(loss));
    tf.dispose([value, grads['net/w'] as tf.Tensor]);
    const before = tf.memory().numTensors;
    tf.tidy(() => void valueAndGrads(loss));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('may be inside another gradient', () => {
    const net = makeW();
    net();
    const x = tf.scalar(2);
    const slope = tf.grad((input) => {
      const { grads } = valueAndGrads(() => tf.mul(tf.square(input), tf.sum(net())));
      return tf.sum(grads['net/w'] as tf.Tensor);
    })(x);
    expect(slope.dataSync()[0]).toBe(8);
  });
});

describe('valueAndGrads refuses, and leaves nothing behind', () => {
  const refuses = (fn: () => unknown, type: typeof ValueError | typeof TypeError, message: string): void => {
    const before = tf.memory();
    expect(fn).toThrow(type);
    expect(fn).toThrow(message);
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
    expect(tf.engine().state.gradientDepth).toBe(0);
    resetDefaultGraph();
    expect(gradients(square(makeW()))).toEqual({ 'net/w': [6, 6] });
  };
  const loss = (value: () => unknown) => () => valueAndGrads(value as () => tf.Tensor);

  it.each<[string, (w: tf.Tensor) => tf.Tensor, string]>([
    ['a vector', (w) => tf.square(w), 'must be a float32 scalar; got float32 [2]'],
    ['an integer', (w) => tf.cast(tf.sum(w), 'int32'), 'the loss must be a float32 scalar; got int32 []'],
    ['one number in a vector', (w) => tf.sum(w, 0, true), 'got float32 [1]. Reduce it with tf.mean or tf.sum'],
  ])('a loss that is %s', (_, value, message) => {
    const net = makeW();
    net();
    refuses(
      loss(() => value(net())),
      ValueError,
      message,
    );
  });

  it('a loss that is no tensor', () => {
    refuses(
      loss(() => 3),
      TypeError,
      'the function must return the loss, a tensor; got 3',
    );
    refuses(
      loss(() => undefined),
      TypeError,
      'got undefined',
    );
    refuses(
      loss(async () => tf.scalar(1)),
      TypeError,
      'must be synchronous',
    );
    refuses(loss(3 as unknown as () => unknown), TypeError, 'expected a function that computes the loss');
  });

  it('a loss that depends on no variable', () => {
    makeW('a')();
    makeW('b')();
    const outside = tf.scalar(1);
    refuses(
      loss(() => outside),
      ValueError,
      'the loss depends on none of the variables (a/w, b/w)',
    );
    expect(outside.isDisposed).toBe(false);
    outside.dispose();
  });

  it('a loss without any variable', () => {
    refuses(
      loss(() => tf.exp(tf.scalar(1))),
      ValueError,
      'there is no trainable float32 variable in the default graph',
    );
    const given = () => valueAndGrads(() => tf.scalar(1), { variables: [] });
    refuses(given, ValueError, 'there is no trainable float32 variable among those given');
  });

  it('variables that are none, or that are gone', () => {
    const net = makeW('net', { partitioner: fixedSize(2), reuse: 'auto' });
    const sliced = net();
    const by = (variables: unknown) => () => valueAndGrads(square(net), { variables: variables as tf.Variable[] });
    expect(by([sliced])).toThrow('options.variables must hold variables; got a tensor [2]');
    sliced.dispose();
    expect(by([3])).toThrow(TypeError);
    const gone = tf.variable(tf.scalar(1), true, 'gone');
    gone.dispose();
    refuses(by([gone]), ValueError, 'the variable "gone" was disposed');
  });

  it('variables of one name from two graphs', () => {
    const graph = new Graph();
    const [here, there] = [makeW(), graph.asDefault(() => makeW())];
    here();
    graph.asDefault(() => there());
    const variables = [...here.variables, ...there.variables];
    expect(() => valueAndGrads(square(here), { variables })).toThrow('two variables are called "net/w"');
    graph.dispose();
  });

  it('a loss that throws, after whatever it has computed and made', () => {
    const fails = (): tf.Tensor => {
      tf.exp(tf.square(makeW('new', { reuse: 'auto' }).enterVariableScope(() => tf.ones([2]))));
      throw new ValueError('not today');
    };
    refuses(loss(fails), ValueError, 'not today');
  });

  it('a gradient that throws', () => {
    const broken = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: () => {
        throw new ValueError('no way back');
      },
    }));
    const net = makeW();
    net();
    refuses(() => valueAndGrads(() => tf.sum(broken(tf.exp(net())))), ValueError, 'no way back');
    expect(globalVariables()).toHaveLength(1);
  });
});
